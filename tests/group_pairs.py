"""For whom a rule is: questions that name a kind of people, each with an article, and whether the article may answer.

The articles and their places are invented. Every second pair of each kind was held back while the rules were made (`held`):
`python -m tests.group_pairs` prints of how many pairs of either half `rag.answering.for_whom` says so, with the real encoder, every
paragraph read as the one that answers. Without that step all pairs that should not be answered are.
"""

import sys
from dataclasses import dataclass

from rag.answering.for_whom import keep_theirs
from rag.datatypes import Article, Hit, Kind, Reading, Span
from rag.models.people import PeopleReader, load_people
from rag.question.analysis import analyse
from rag.reading.passages import split_passages
from rag.settings import read_settings
from rag.setup import go_offline, open_encoder
from tests.fakes import make_article


@dataclass(frozen=True, slots=True)
class Pair:
    """`answers`: whether the article tells what is asked of the people whom the question names."""

    question: str
    title: str
    text: str
    answers: bool


# Another kind of people: the article says nothing of those who ask.
ANOTHERS = (
    ("大学生坐公交车多少钱", "云杉区残疾人乘车优待办法", "本区残疾人持优待证乘坐公交车，每次票价1元。"),
    ("现役军人坐公交多少钱", "云杉区退役军人乘车优待办法", "本区退役军人持优待证乘坐公交车，每次票价2元。"),
    ("孕妇体检补多少钱", "松溪镇老年人健康体检办法", "65周岁以上老年人每年体检一次，每次补助120元。"),
    ("消防员去森林公园门票多少", "关于教师游览凤梧森林公园的通知", "教师凭教师资格证入园，门票每张15元。"),
    ("农民工培训补贴多少", "青禾县退役军人职业技能培训办法", "退役军人参加培训并取得证书的，每人补贴1800元。"),
    ("快递员租房补贴每月多少", "湖山区青年教师租房补贴办法", "青年教师租房的，每月补贴600元，最长三年。"),
    ("孤儿每月生活费多少", "白榆县特困老人供养标准", "特困老人基本生活费每人每月930元。"),
    ("医生子女入学怎么照顾", "现役军人子女入学优待办法", "现役军人子女可以在住地附近学校入学，由教育局统筹安排。"),
    ("失业人员看病报销比例是多少", "公务员医疗补助办法", "公务员住院个人负担部分，补助报销85%。"),
    ("留学生买房补贴多少", "银滩市劳动模范购房优惠办法", "劳动模范购买首套住房的，一次性补贴5万元。"),
    ("志愿者坐地铁要钱吗", "银滩市盲人乘坐轨道交通办法", "盲人凭残疾人证免费乘坐轨道交通。"),
    ("出租车司机体检多少钱一次", "环卫工人免费体检通知", "环卫工人每年体检一次，费用380元由财政负担。"),
    ("护士住宿补贴是多少", "山区教师住宿补贴标准", "山区教师每人每月住宿补贴300元。"),
    ("小学生游泳馆票价多少", "游泳馆老年人优惠公告", "60周岁以上老人每场票价8元。"),
    ("低保户取暖费补多少", "柳堤市离休干部取暖补贴通知", "离休干部每户取暖补贴2400元。"),
    ("退休工人春节慰问金多少", "烈属春节慰问通知", "烈属每户发放春节慰问金1000元。"),
    ("村医养老补贴每月多少", "民办教师养老补贴办法", "原民办教师每教一年每月补贴20元。"),
    ("网约车司机停车优惠多少", "献血者停车优惠办法", "获奖献血者在公共停车场停车，每天前两小时免费。"),
    ("台胞办证收多少钱", "外国人居留证件收费标准", "外国人居留许可每人收费400元。"),
    ("渔民停产补助多少", "菱塘区养猪户退养补助方案", "养猪户退养的，每平方米猪舍补助150元。"),
    ("运动员奖金多少", "科技人员成果奖励办法", "科技人员获市级一等奖的，奖金3万元。"),
    ("保安培训几天", "月嫂岗前培训通知", "月嫂岗前培训为期12天，结业后发证。"),
    ("厨师考证费多少", "电工职业资格考试公告", "电工考试费每人180元。"),
    ("研究生助学金每月多少", "中职学生资助办法", "中职学生助学金每人每月200元。"),
)
# In an article for all, a paragraph for others alone.
ANOTHERS_WITHIN = (
    (
        "大学生坐公交车多少钱",
        "云杉区公交票价优待办法",
        "残疾人持证乘坐公交车，每次票价1元。\n退役军人持证乘坐公交车，每次票价2元。",
    ),
    ("护士租房补贴多少", "湖山区租房补贴办法", "教师租房的，每人每月补贴500元。\n消防员租房的，每人每月补贴700元。"),
    (
        "农民体检补多少钱",
        "松溪镇免费体检安排",
        "一、孕妇\n孕妇每次产检补助150元。\n二、老年人\n老年人每年体检补助120元。",
    ),
    ("记者进景区门票多少", "凤梧景区门票规定", "军人凭证入园，票价0元。\n教师凭证入园，票价20元。"),
    ("导游培训补贴多少", "青禾县培训补贴标准", "厨师培训每人补贴900元，电工培训每人补贴1100元。"),
    ("单亲妈妈每月补助多少", "白榆县困难群体补助标准", "孤儿每人每月补助1400元。\n重度残疾人每人每月补助180元。"),
)
# The same people in other words, a kind of them, or a wider kind.
THEIRS = (
    ("大学生坐公交车多少钱", "云杉区学生乘车优待办法", "学生持学生证乘坐公交车，每次票价1元。"),
    ("老人坐公交多少钱", "云杉区老年人乘车优待办法", "老年人持证乘坐公交车，每次票价5角。"),
    ("残疾军人坐公交多少钱", "云杉区残疾人乘车优待办法", "本区残疾人持优待证乘坐公交车，每次票价1元。"),
    ("孕妇产检补多少钱", "松溪镇孕产妇保健办法", "孕产妇每次产检补助150元。"),
    ("大学毕业生就业补贴多少", "青禾县高校毕业生就业补贴办法", "高校毕业生到企业就业的，每人补贴3000元。"),
    ("大学生毕业租房补贴多少", "湖山区高校毕业生租房补贴办法", "高校毕业生租房的，每月补贴800元。"),
    ("退伍军人培训补贴多少", "青禾县退役军人职业技能培训办法", "退役军人参加培训并取得证书的，每人补贴1800元。"),
    ("盲人坐公交要钱吗", "云杉区残疾人乘车优待办法", "视力残疾人免费乘坐公交车，其他残疾人票价1元。"),
    ("进城打工的农民工培训补多少", "进城务工人员培训办法", "进城务工人员参加培训的，每人补贴700元。"),
    ("初中生午餐补多少", "青禾县中小学生营养餐办法", "中小学生每人每天补助5元。"),
    ("小孩坐公交多高免票", "儿童乘车规定", "身高1.3米以下儿童免费乘坐公交车。"),
    ("下岗工人培训补多少", "失业人员技能培训办法", "失业人员参加培训的，每人补贴1200元。"),
    ("快递小哥体检多少钱", "快递员关爱办法", "快递员每年体检一次，费用260元由工会负担。"),
    ("乡村教师补贴多少", "教师补贴发放办法", "教师每人每月补贴500元，山区另加200元。"),
    ("我妈68岁能免费坐车吗", "老年人乘车办法", "65周岁以上老年人免费乘坐公交车。"),
    ("低保家庭学费减免多少", "困难家庭学生资助办法", "低保家庭学生每学年减免学费1500元。"),
    ("军属春节慰问金多少", "现役军人家属优待办法", "现役军人家属每户春节慰问金800元。"),
    ("新生儿参保多少钱", "婴幼儿参加居民医保办法", "出生28天内的婴幼儿参保，每人缴费380元。"),
    ("养猪的退养补多少", "养殖户退养补助方案", "养殖户退养的，每平方米补助150元。"),
    ("学生坐公交多少钱", "中小学生乘车优待办法", "中小学生持卡乘坐公交车，每次票价1元。"),
    ("医生落户要什么条件", "卫生技术人员引进办法", "卫生技术人员与用人单位签订三年合同的，可以落户。"),
    ("本科毕业生落户补多少", "大学毕业生安家补贴办法", "大学毕业生落户的，本科一次性补贴1万元。"),
    ("种地的农民买农机补多少", "农户购置农机补贴办法", "农户购买拖拉机的，每台补贴9000元。"),
    ("失独老人每月补多少", "计划生育特殊家庭扶助办法", "独生子女死亡的父母，每人每月扶助金790元。"),
)
# A rule for everybody, or for no kind of people by name.
FOR_ALL = (
    ("大学生坐公交车多少钱", "云杉区公交票价通知", "公交车实行一票制，每次票价2元。"),
    ("大学生办居住证多少钱", "银滩市居民居住证办法", "本市居民首次申领居住证免费，补办每证收20元。"),
    ("退休工人看病报销多少", "银滩市居民门诊报销办法", "参保居民门诊费用报销60%。"),
    ("老人办身份证要几天", "居民身份证办理须知", "公民申请居民身份证的，公安机关在20个工作日内发放。"),
    ("教师遛狗要办证吗", "养犬管理规定", "个人养犬应当办理养犬登记证，每只每年交费100元。"),
    ("农民工工伤多久能认定", "工伤认定办法", "职工发生事故伤害的，社会保险行政部门在60日内作出认定。"),
    ("快递员闯红灯罚多少", "非机动车管理规定", "驾驶人闯红灯的，处50元罚款。"),
    ("单亲妈妈申请公租房要什么材料", "公共租赁住房申请指南", "申请人应当提交身份证、收入证明和住房证明。"),
    ("志愿者几点能进图书馆", "图书馆开放公告", "读者凭证入馆，开放时间为9时至21时。"),
    ("老年人投诉打什么电话", "消费者投诉指南", "消费者可以拨打热线0300-555123投诉。"),
    ("军人结婚登记去哪里", "婚姻登记须知", "当事人到县民政局婚姻登记处办理。"),
    ("个体户水费怎么算", "用水价格通知", "用户每立方米水费3.2元。"),
    ("研究生租公寓多少钱", "人才公寓租金标准", "人才公寓每平方米每月租金12元。"),
    ("孕妇打疫苗去哪里", "疫苗接种安排", "市民可以到社区卫生服务中心接种。"),
    ("司机丢了东西去哪里领", "失物招领公告", "失主凭身份证到候车厅服务台领取。"),
    ("保姆要交个税吗", "个人所得税须知", "纳税人每月收入超过5000元的部分缴纳个人所得税。"),
    ("外国人滑雪门票多少", "滑雪场票价公告", "游客购买全天票每张180元。"),
    ("村民建房要谁批准", "农村宅基地办法", "农户建房由乡镇人民政府批准。"),
)
# People who are named beside those who ask: who pays, who checks, whose child it is.
BESIDE = (
    ("学生的奖学金由谁发", "奖学金发放办法", "奖学金由辅导员核对名单后，财务处在10日内发放。"),
    ("老人家里请保姆有补贴吗", "老年人居家照护补贴办法", "老年人雇用护理员的，每月补贴300元。"),
    ("医生几点查房", "住院须知", "患者每天8时在病房等候查房，家属不得陪同。"),
    ("老师迟到怎么处理", "学生请假规定和教师考勤办法", "教师迟到三次的，扣发当月考勤奖200元。"),
    ("村干部几天内给老人上门办证", "老年证上门办理通知", "村干部接到电话后，3天内上门为老年人办证。"),
    ("残疾人的家属能一起免费坐车吗", "残疾人乘车优待办法", "残疾人的一名陪护人员可以一同免费乘车。"),
    ("企业招用大学生奖多少", "企业吸纳高校毕业生奖励办法", "企业每招用一名高校毕业生，奖励2000元。"),
    ("孩子上幼儿园家长要交什么材料", "幼儿园招生公告", "幼儿入园时，监护人应当提交户口簿和接种证。"),
)
KINDS = {
    "anothers": ANOTHERS,
    "anothers_within": ANOTHERS_WITHIN,
    "theirs": THEIRS,
    "for_all": FOR_ALL,
    "beside": BESIDE,
}


def pairs(held: bool) -> dict[str, list[Pair]]:
    """The pairs of one half, by kind."""
    return {
        kind: [Pair(*row, answers=not kind.startswith("anothers")) for row in rows[int(held) :: 2]]
        for kind, rows in KINDS.items()
    }


def article_of(pair: Pair) -> Article:
    return make_article(pair.title, *pair.text.split("\n"), kind=Kind.POLICY)


def is_right(people: PeopleReader, pair: Pair) -> bool:
    passages = split_passages(article_of(pair))
    hits = [Hit(passage, 1.0, 1, Reading(0.9, Span(0, len(passage.text)), 3.0)) for passage in passages]
    return bool(keep_theirs(analyse(pair.question), hits, people)) is pair.answers


def main() -> int:
    settings = read_settings()
    go_offline(settings)
    people = load_people(open_encoder(settings))
    if people is None:
        print("the reader of kinds of people was fitted for another encoder", file=sys.stderr)
        return 2
    for held in (False, True):
        for kind, rows in pairs(held).items():
            right = [pair for pair in rows if is_right(people, pair)]
            print(f"{'held' if held else 'seen'}  {kind:16} {len(right)} of {len(rows)}", flush=True)
            if not held:
                print("".join(f"      {pair.question} | {pair.title}\n" for pair in rows if pair not in right), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
