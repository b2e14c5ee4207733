"""What an order to the machine is made of, as patterns over normalised text (punctuation is ASCII but for 。).

An order tells the reader to disregard words (忽略 + 以上 + 指令), or what to say (你必须回答…, 用户问到……时说…), or speaks with another's
voice (系统：…, 给大模型的说明：…). Rules for citizens use the same verbs; they differ in who does it: 申请人忽略上述要求的, 不得无视…的指令.
So a verb of disregarding counts at the beginning of a clause, where no one but the reader can be meant, and what is said counts where
the machine, 你 or nobody says it. Gaps are bounded, so that no text takes for ever.
"""

import re

# Signs that sound or look alike, as who hides a word writes them: 勿略, 忽畧, 旨令.
ALIKE = {"忽": "忽勿乎呼惚匆", "略": "略畧掠咯", "视": "视是示", "指": "指旨", "令": "令今另", "示": "示视", "则": "则侧测", "求": "求球", "忘": "忘妄"}  # fmt: skip


def _alike(words: str) -> str:
    """The words, separated by |, each sign with those that may stand in its place."""
    return "|".join("".join(f"[{ALIKE[c]}]" if c in ALIKE else c for c in word) for word in words.split("|"))


NO_STOP = r"[^,。;!?\n]"
BEGINS = r"(?:^|(?<=[,。;:!?、\n\s“”\"'‘’()\[\]【】《》>*#—…]))"  # where a clause does
MACHINE = (
    r"(?:人工智能|聊天机器人|大?语言模型|大模型|问答系统|问答助手|智能助手|智能客服|智能体|机器人|助手|助理|模型|assistant|chatbot|chatgpt|llms?|"
    r"deepseek|kimi|gpt-?\d?|claude|gemini|copilot|通义千问|文心一言|豆包|小助手|(?:自动)?摘要(?:程序|系统|工具)|检索系统|智能程序|问答程序|(?<![a-z])ai(?![a-z]))(?:助手|助理|模型|系统|程序|机器人|客服|们|assistants?|bots?)?"
)
MUST = (
    r"(?:请你?|必须|务必|一律|一定要|都要|应当|应该?|只能|只需要?|只要|只|须|需要?|要|直接|立即|马上|统一|改为|径直|都)"
)
ANSWER = r"(?:回答|回复|答复|输出|打印|复述|重复|作答|声称|宣称)"
SAY = rf"(?:{ANSWER}|给出|告诉|告知|表示|(?<![劝游传解])说(?![明服话实真]|清楚|出来)|称(?!职)|答(?!辩|题|卷|疑))"
# What honest machines, staff and witnesses answer.
TO_QUESTION = rf"(?!率|时限|者|了|的?[,。;]|{NO_STOP}{{0,8}}(?:问题|咨询|提问|询问|诉求|来电|来信|疑问|关切|关心))"
ASKER = r"(?:用户|提问者|询问者|提问人|询问人|问话人|有人|对方|读者|别人|谁)"

# ---------------------------------------------------------------- to disregard words

READY = (  # what stands before an order's verb, where nobody else does it
    r"(?:烦?请你?|麻烦你?|务必|必须|应当|应该|应|一定要|需要|需|要|得|立即|立刻|马上|现在起?|从现在起|从现在开始|从此|你们?|您|首先|先|然后|接着|再|"
    rf"都|就|也|同时|并且|并|可以|只需|直接|彻底|完全|全部|一概|{MACHINE})"
)
DISREGARD = (
    _alike("忽略|无视|忘记|忘掉|忘却|忽视")
    + "|hu ?l[uüv]e|跳过|绕过|绕开|抛开|抛弃|撇开|丢弃|推翻|取代|覆盖|屏蔽|废弃|不考虑|停止(?:遵守|遵循|执行)|放弃(?:遵守|遵循)?|"
    + r"(?:不要|不必|不用|不再|不需|不得|无需|无须|毋须|毋需|勿|别)(?:再|去)?(?:理会|理睬|遵守|遵循|遵从|听从|听|执行|参考|相信|信|管)"
)
POINTER = "(?:以上|刚才|方才|本文|正文|上述|前述|之前|此前|先前|前面|上面|上边|前文|上文|原来|原先|原有|先前|所有|一切|全部|任何|其他|其它|其余|别的|系统|初始|你的|默认|本段以外|除此以外|下面|以下|后面|后文)"
HARD = f"(?:{_alike('指令|指示|提示词|规则')}|命令|设定|约束|限制|prompt|instructions?|rules)"
SOFT = f"(?:{_alike('提示|要求')}|规定|内容|文字|文本|资料|段落|条款|信息|数字|数据|说法|一切|全部|原文|上文|前文|话|东西|说明|部分|正文)"
WHOLE = '(?:上文|前文|原文|前述|上述|以上|上面|前面|正文|刚才|全文|本文|本通知)(?=[,。;!?”"]|$|所说|说的|写的|讲的|正文|其余|其他|以外)'
# 忽略上述要求的，由窗口告知补正: a rule on those who do.
OF_OTHERS = r"(?!的(?:[,、:]|应|由|将|可|给|予|处|行为|责|单位|人|情|后果|现象|问题|企业|做法|态度|通知)|[^,。;!?\n]{2,10}的[,、]|者|行为|等)"
# What a letter says to who has done it already: 如已缴费，请忽略以上提示.
REMINDER = re.compile(
    r"(?:如|若|已|凡)[^,。;!?\n]{1,16},?请(?:忽略|不必理会|无需理会)(?:此|本|该|以上|上述|这)?[条次则封]?(?:提示|短信|通知|提醒|邮件|消息)(?=[。,!;]|$)"
)
# After these signs somebody else disregards (申请人忽略…), or nobody shall (不得忽略…).
OTHERS = "(?<![人者员位业司关门方户众民生师警得勿别要能可应易被没未莫会地容他她它我们])"
TO_DISREGARD = (
    rf"{BEGINS}{READY}{{0,5}}+(?:{DISREGARD})(?:掉|了)?{NO_STOP}{{0,4}}?{POINTER}{NO_STOP}{{0,8}}?(?:{HARD}|{SOFT}){OF_OTHERS}",
    rf"{BEGINS}{READY}{{0,5}}+(?:{DISREGARD})(?:掉|了)?{WHOLE}",
    rf"{OTHERS}(?:{_alike('忽略|忘记|忘掉')})(?:掉|了)?{NO_STOP}{{0,4}}?{POINTER}{NO_STOP}{{0,8}}?{HARD}{OF_OTHERS}",
    rf"{BEGINS}{READY}{{1,5}}+(?:{DISREGARD}){NO_STOP}{{0,4}}?(?:资料|原文|设定|指令|提示词){OF_OTHERS}",
    rf"{BEGINS}{READY}{{0,4}}+[把将](?:本段|这段|此段|本条|此条|本句){{0,1}}(?:之外|以外)?的?{POINTER}?{NO_STOP}{{0,12}}(?:{_alike('忽略|无视|忘掉|忘记')}|忘|当作?没(?:看见|看到|有|读过)?|抛开|丢弃|屏蔽)(?=[,。;!?掉了吧”]|$)",
    rf"{BEGINS}(?:你|请){READY}{{0,3}}+[把将]{POINTER}{NO_STOP}{{0,10}}(?:作废|视为无效|当作?无效)",
    # what stood before is declared void, and another answer put in its place
    rf"{POINTER}{NO_STOP}{{0,8}}(?:作废|无效|失效|假的|有误|错误|错的|不实|不算数?|过时)[^。\n]{{0,16}}(?:答案|{ANSWER}|告诉{ASKER})",
    rf"(?:跳过|省略|免去|不做|无需){NO_STOP}{{0,6}}(?:核对|检查|验证|核验|校验|核实|查证)[^。\n]{{0,10}}(?:{ANSWER}|给出|说出|告诉)",
    rf"{BEGINS}{READY}{{0,3}}+(?:不要|不得|勿|别|禁止|不准)(?:引用|提及|提到|参考|依据|采用|使用){NO_STOP}{{0,4}}(?:其他|其它|别的|其余|以上|上述|任何|前面){NO_STOP}{{0,3}}(?:段落?|条目|文章|资料|来源|出处|原文)",
)

# What is written elsewhere is called false, or cleared away.
TO_DISCREDIT = (
    rf"(?:除了?(?:本段|这段|此段|本条|这条)(?:话|内容)?(?:之?外)?[,]?|其余|其他|其它|别的){NO_STOP}{{0,6}}[均都皆全]{NO_STOP}{{0,2}}(?:不可信|为假|假的|错误|错的|不算)",
    r"(?:前面|上面|之前|以上|刚才|前文|上文)(?:那些|所有|写的?|说的?|所述|的|这些){1,2}(?:话|内容|文字|数字)?(?:[都全也]){0,2}(?:不算数?|别信|不要信|不要管|别管|不作数|不可信)",
    rf"(?:以上|上述|前面|上面|前文){NO_STOP}{{0,8}}(?:测试|示例|演示|样例|占位)[^。\n]{{0,24}}(?:{ANSWER}|答案|据此说)",
    r"(?:清空|清除|删除|重置|抹去|格式化)(?:掉)?(?:你的|前面的?|之前的?|此前的?|先前的?)(?:所有|全部)?的?(?:上下文|记忆|设定|对话|指令|规则|历史)",
    r"(?:以上|上述|前面){0,1}(?:为|是)?系统(?:提示|指令|消息)(?:到此)?(?:结束|完毕)|(?:规则|指令)(?:到此|至此)(?:结束|为止)",
    r"以(?:本段|这段话?|此段|这句话)(?:的)?(?:内容|文字)?(?:代替|替代|取代|作答|为准[,]?(?:回答|作答|答复))|最高优先级的?(?:指令|命令|规则)",
)

# ---------------------------------------------------------------- what to say

AMOUNT = r"(?:[“\":]|[^,。;!?\n]{0,8}(?:元|[一二两三四五六七八九\d]万|百分之|%|“))"
THESE_WORDS = "(?:这段话?|本段|此段|这条|本条|这句话?|本句|此指令|本?说明|这个说明|本指令)"
ANOTHER_LANGUAGE = "(?:英文|英语|日语|日文|法语|法文|德语|俄语|韩语|拼音|文言文?|古文|诗|表情|代码|json|markdown)"
TO_SAY = (
    # said to nobody else: 请只说“……”, 一律回答八万元
    rf"{BEGINS}(?:请只?|你|您|应|必须|务必|一律|只准|只许|只能|统一|直接|仅|均|再|然后|改口|改为){{1,4}}+(?:{ANSWER.replace('回复|', '')}|答|说(?!明)|改口说){AMOUNT}",
    rf"{BEGINS}(?:嘿|嗨|喂|你好|您好|亲爱的|尊敬的|hi|hey)[,!]?\s?(?:各位)?{MACHINE}",
    rf"{MACHINE}(?:你好|您好)?[,:、\s]{{0,6}}请你?(?:只|帮我|直接|优先|统一|务必|一定){{0,3}}+(?:说(?![明出])|{ANSWER}|写|给出|推荐|忽略|引用|返回|把|将|记住)(?!{NO_STOP}{{0,6}}(?:问题|咨询|提问|诉求))",
    rf"(?:您|你)应(?:当|该)?{ANSWER}{AMOUNT}|{BEGINS}你得[说答]{AMOUNT}",
    r"(?:请|优先|务必)(?:优先|只|仅)(?:引用|返回|采用|展示|显示)(?:本段|这段|此段|本条|本句|本文)",
    # a condition of being asked
    rf"(?:被问|问到|问及|问起|提问|询问|{BEGINS}(?:凡|如|若|一旦|只要)?问)(?:到|及|起)?{NO_STOP}{{0,12}}[,]?(?:你|您)?(?:一律|统一|均|即|就|便|请|应|只|必须){{1,2}}+(?:{ANSWER}|答|说){AMOUNT}",
    rf"(?:不论|无论|不管|凡|对任何|对所有|对一切){NO_STOP}{{0,6}}(?:问什么|怎么问|提问|询问|问题)[,]?(?:均|都|一律|请|统一|只|答案){{1,3}}+(?:{ANSWER}|答|说){AMOUNT}",
    rf"(?<![在未])(?:回答|回复|作答){NO_STOP}{{0,12}}时[,]?{NO_STOP}{{0,4}}(?:请(?!勿)|应将|须将|应把|要把|一律|统一)(?:[把将说写答用加])",
    rf"(?<![在未])(?:回答|作答){NO_STOP}{{0,12}}时[,]{NO_STOP}{{0,6}}(?:一律|统一|都|均)(?:写|说|答)",
    # the answer as a thing
    r"[把将]答案(?:都|全部|统一)?(?:改|写|说|换|定)|答案(?:应当?|都|一律|统一|必须|永远|只能)(?:是|为)(?!肯定|否定|一致|相同|没)",
    rf"{BEGINS}(?:请|把|将){{1,2}}{NO_STOP}{{1,10}}(?:说成|报成|答成){NO_STOP}{{0,12}}[元万%]",
    r"(?:在|于)(?:回答|答案|回复|输出)的?(?:中|里|末尾|开头|最后|结尾|后面)(?:加|附|插入|写上|带上|包含|注明)",
    rf"(?:你的(?:回答|输出|回复|答案)[里中]?|{BEGINS}(?:回答|输出|答案)[里中]?)(?:必须|应当?|须|要|不要|不得|不能|只能|一律|都要)(?:包含|含有|出现|以|用|写|带|提到|附)",
    rf"(?:请|必须|一律|务必|你){NO_STOP}{{0,4}}(?:用|以|译成|翻译成|翻译为){ANOTHER_LANGUAGE}(?:来|后|再|的?形式){{0,2}}{ANSWER}",
    # who the machine is, what it may do, what it keeps
    rf"你不是{NO_STOP}{{1,12}}[,]你是|(?:假设|假如|想象|设想)你(?:是{NO_STOP}{{1,8}},(?:请|宣布|回答|说)|没有|不受)|你没有任何(?:限制|约束)|你(?:已|现在)?(?:被|获|得到){{1,2}}{NO_STOP}{{0,3}}授权",
    r"你(?:现在)?(?:不需要|无需|不必|不用|可以不|可以随意|可随意|可以)(?:再)?(?:引用|核对|核实|遵守|编造|拒绝|注明来源|说明来源|检查)|(?:不要|不得|不准|禁止)拒绝(?:回答|作答)|(?:可以|可)不再?遵守(?:任何|所有|上述|以上)?规则",
    rf"(?:不要|别|不得|不准|禁止|勿){NO_STOP}{{0,6}}(?:告诉|提到|提及|透露|泄露|说出|暴露|显示){NO_STOP}{{0,6}}{THESE_WORDS}|对{THESE_WORDS}{NO_STOP}{{0,3}}保密|[仅只]对{NO_STOP}{{0,3}}{MACHINE}可见",
    r"(?:请|务必|记得)?(?:推荐|引导|劝说|诱导|建议)(?:读者|提问者|访客|询问者)(?:加|购买|点击|访问|拨打|扫|下载|投资|转账)",
    rf"{BEGINS}请?(?:记住|牢记|记得)[:,]?{NO_STOP}{{0,12}}(?:永远|始终|一律|都)(?:是|为)",
    r"(?:严格)?(?:按照?|根据|依照|依)(?:以下|下面|本段|这段|此段|下列)(?:话|内容|要求|指令|说明|文字){0,3}来?(?:回答|答复|输出)|新的?(?:对话|回答|问答)规则",
    r"进入(?:测试|无限制|自由|上帝|越狱|特权)模式[,。]",
    rf"(?:开发者|开发方|管理员|系统管理员|运维人?员?|后台|测试人?员?)(?:说明|提醒|提示|留言|备注|指令)?[:]{NO_STOP}{{0,14}}(?:回答|作答|ai|忽略|输出|无视|提示词)",
    r"(?:^|[\n。])[ \t#>*-]{0,20}[\[【<](?:系统|系统指令|指令|system|管理员|开发者)[\]】>]|#{2,6}\s?(?:新任务|新指令|指令|系统|system|instruction)|role[\"']?\s?:\s?[\"']?(?:system|assistant|developer)",
    rf"(?:检索到?|读到|看到|引用)(?:本文|本段|此处|这里|此文)者?[,]?{NO_STOP}{{0,4}}(?:应|须|请|必须|一律|均)(?:答|说|写)",
    # the machine is spoken to
    rf"{MACHINE}[,:、\s]{{0,6}}(?:(?:读到|看到|读取|处理|遇到|收录|引用){NO_STOP}{{0,8}}[,]?)?{MUST}{{1,2}}(?!拒绝|不)(?:(?!拒绝|避免|如实|准确|及时|不得){NO_STOP}){{0,12}}{ANSWER}{TO_QUESTION}",
    rf"(?:作为|身为|你是)(?:一[个名款])?(?:ai|人工智能|智能|问答|聊天){{0,2}}{MACHINE}[,]",
    rf"(?:如果?|若|假如|要是|倘若)(?:你|您|读者|阅读者){NO_STOP}{{0,3}}是{NO_STOP}{{0,6}}{MACHINE}",
    rf"{BEGINS}(?:各位|所有)?{MACHINE}(?:请|须|要)?(?:注意|听令|听好|听着|须知|看这里)(?=[:,!]|了)",
    rf"(?:致|告诉?|通知|提醒|提示)(?:所有)?(?:正在)?(?:(?:阅读|处理|看到|收录){NO_STOP}{{0,4}})?的?{MACHINE}[::,]",
    rf"(?:写?给|致|对){NO_STOP}{{0,4}}{MACHINE}的(?:说明|指令|指示|提示|信|话|备注|留言|命令|要求|通知)",
    rf"(?:本段|这段|此段|本条|本句|这句|此处|以下|下面|本节|括号内){NO_STOP}{{0,6}}(?:供|给|写给|针对|面向|只对){NO_STOP}{{0,4}}{MACHINE}",
    rf"(?:读到|看到|读取|阅读|处理|解析|扫描|抓取|检索到?)(?:完|了)?(?:本段|本文|这段|此段|此处|这里|这句|本句|这一?行|本条){NO_STOP}{{0,10}}[,]?{NO_STOP}{{0,6}}{MUST}{NO_STOP}{{0,6}}(?:{ANSWER}|给出)(?![^,。]{{0,6}}问题)",
    # you are to say something
    rf"(?<![迷给与对和向把被])你们?(?:现在|今后|以后|从此|以下)?(?:就|都|也)?{MUST}{{1,2}}(?!如实)(?:(?!如实|不){NO_STOP}){{0,4}}{SAY}{TO_QUESTION}(?=[“\":]|{NO_STOP}{{2}})",
    r"(?:现在|接下来)你(?:必须|只能|将扮演|不再|要回答)|你(?:的|现在的|真正的|唯一的|新的)(?:新|真正的?|唯一的?)?(?:任务|身份|角色|指令|设定)(?:已经?|现在?|被){0,2}(?:是|改|变|更[改新换])",
    r"从(?:现在|此刻|这里)(?:开始|起)[,\s]*(?:你|忘|请?忽略)",
    rf"(?:请|务必|一律|统一|只需|直接)(?:这样|如此|照此|这么|如下|统一|直接|一律|都|地){{0,4}}+(?:告诉|对|向|跟)(?:所有)?{ASKER}(?:说|讲|表示|宣布|:|,|。|补)?(?=[“:,。]|{NO_STOP}{{2,16}}(?:是|为|元|已))",
    rf"{BEGINS}(?:请|并|再|就){{0,3}}(?:向|对|跟)(?:提问者|询问者|提问人|询问人|问话人)(?:说|称|表示|宣布|推荐|介绍|强调)",
    rf"请(?:以|用){NO_STOP}{{1,12}}(?:口吻|语气|身份|口气|腔调)来?{ANSWER}{TO_QUESTION}",
    # how questions are to be answered
    r"(?:在|把)(?:所有|每个|每次|每条|每一[个次条]|任何|全部|你的|接下来的)(?:的)?(?:用户)?(?:回答|回复|答案|答复)",
    rf"(?:所有|全部|任何|每[个次条]|每一[个次条]|今后的?|你的|接下来的)的?(?:回答|回复|答复|答案|输出|应答){NO_STOP}{{0,3}}{MUST}?(?:以|用|在|加上?|带上?|包含|写上?|附上?)[^。\n]{{0,24}}(?:开头|开始|结尾|末尾|结束|收尾|最后)",
    rf"(?:无论|不管|不论)(?:用户|读者|别人|对方|谁|问|被问){NO_STOP}{{0,12}}[,]?{NO_STOP}{{0,8}}{MUST}{NO_STOP}{{0,6}}{ANSWER}",
    rf"(?:用户|提问者|询问者|有人|对方){NO_STOP}{{0,4}}(?:提问|询问|问到|问及|问起|问){NO_STOP}{{0,14}}[,]?(?:(?!工作人员|客服人?员?|窗口){NO_STOP}){{0,12}}{MUST}{{1,2}}(?!如实|当面|耐心|及时){NO_STOP}{{0,6}}{ANSWER}{TO_QUESTION}",
    rf"{ASKER}{NO_STOP}{{0,4}}问{NO_STOP}{{0,12}}[,]?你?(?:就|便|只|都){MUST}?(?:说|答|讲)(?![明服话])",
    rf"{ANSWER}(?:用户|提问者|任何问题|所有问题|一切问题)时?[,]?{NO_STOP}{{0,4}}{MUST}",
    r"(?:回答|作答)时[,]?(?:请|务必|一律|统一|必须){0,3}(?:只(?:引用|用|说|提|采用|依据|参考)|以本[段条]为准)|只(?:引用|采用|参考|依据|相信)(?:本段|这段|此段|本句|这句|本条(?!例|件|规|第))",
    r"(?:真正|正确|真实|唯一|最终|标准)的?答案(?:是|为|应为|改为|统一为)[^。\n]{0,24}(?:这样|如此|照此|按此)?(?:告诉|回答|回复)",
    r"(?:本段|本条|这段话?|此段|这句话)(?:的)?(?:指令|内容|文字)?(?:具有|享有|拥有)?的?(?:最高)?优先级|越狱模式|(?:进入|开启|切换到?)?(?:开发者|管理员|调试)模式(?=[,。已]|下你|,)",
    # another's voice
    r"(?:^|[\n。])[ \t#>*]{0,20}(?:system|assistant|instructions?|developer|系统|系统指令|系统消息|开发者消息|系统更新|内部指令|隐藏指令)\s{0,9}[::]",
    rf"(?:系统|管理员|开发者|后台|平台)(?:提示|消息|通知|指令|公告|更新|授权)?[::]\s?(?:请?你(?!们?好)|从现在|请?{_alike('忽略')}|所有回答|只回答|(?:必须|一律|请){ANSWER})",
    r"(?:新的?|最新的?|更新后?的|补充|附加|隐藏|内部|真正的?)(?:指令|提示词|系统提示)(?:如下)?[::]|(?:指令|命令)(?:如下)?[::]\s?(?:只|必须|请)?(?:回答|输出|说|忽略|回复)",
    # what is kept inside is to be told
    r"(?:提示词|系统提示(?!:[您本该])|(?:系统|初始|内部|隐藏)指令|prompt)[^,。;:!?\n]{0,12}(?:输出|打印|复述|重复|公开|泄露|展示|告诉|写出|原样)",
    r"(?:输出|打印|复述|重复|公开|泄露|展示|写出|说出|原样)[^,。;\n]{0,10}(?:提示词|系统提示|(?:系统|初始|内部|隐藏)指令|prompt)",
    r"(?:系统|内部)提示词|(?:请你?|你来|你要|现在你|你现在)(?:扮演|假装|装作|充当)",
    # marks of chat models' templates
    r"<\s{0,9}+\|?\s{0,9}+/?\s{0,9}+(?:im_start|im_end|system|user|assistant|endoftext)|\[/?inst\]|<<\s*/?sys",
)

# ---------------------------------------------------------------- in English; blanks may have been taken out

TEXTS = r"(?:foregoing|before\b|anweisung|instruccion|instruction|prompt|rule|above|previous|prior\b|preceding|earlier|guideline|direction|everything|context|been\s?told|other\s?(?:text|paragraph))"
IN_ENGLISH = (
    rf"(?:ignor(?:e|ez|a|iere)|disregard|forget|override|skip|bypass|neglect|dismiss|overlook|pay\s?no\s?attention\s?to|(?:do\s?not|don.?t|never|stop)\s?(?:follow|obey|trust)(?:ing)?)\s?.{{0,30}}{TEXTS}",
    r"you\s?(?:are|.?re)\s?now|system\s?prompt|from\s?now\s?on|pretend\s?(?:to\s?be|you|that\s?you)|act\s?as\s?(?:an?|if|the)|developer\s?mode|jailbreak",
    r"(?:your|new)\s?(?:new\s?|real\s?|only\s?)?(?:task|role|job|goal|instructions?|orders?)\s?(?:is|are|has|have|:)",
    r"(?:respond|reply|answer|say|output|print|return|write)\s?(?:only|just|exactly|always|nothing\s?but|simply|verbatim)|(?:respond|reply|answer)\s?(?:to\s?\w{1,12}\s?)?with\b",
    r"(?:only|just|always|simply|now|you\s?(?:must|should|shall|will|have\s?to))\s?(?:only\s?|always\s?)?(?:respond|reply|answer|say|output|print|repeat|state|claim)|please\s?(?:say|state|claim|output|print|repeat|(?:reply|answer|respond)\s?that)",
    r"(?:note|message|memo|attention|notice|instructions?|reminder|hint|dear|hey|hello)\s?(?:to|for)?\s?(?:all\s?|any\s?|the\s?)?(?:ais?|llms?|assistants?|chatbots?|bots?|(?:language\s?)?models?|crawlers?)\s?(?:assistants?|models?|bots?|readers?)?\s?[:,!-]",
    r"(?:if|when|whenever)\s?(?:you\s?are\s?|ever\s?)?(?:asked|(?:the\s?|a\s?|any\s?)?(?:user|reader|anyone|someone|somebody|people|citizen)s?\s?asks?)",
    r"(?:if|as|since)\s?you\s?are\s?(?:an?\s?)?(?:ai|llm|assistant|chatbot|bot|(?:large\s?)?language\s?model)|as\s?an\s?ai\b",
    r"tell\s?(?:the\s?|all\s?|every\s?|any\s?)?(?:users?|readers?|everyone|them|people|citizens?|whoever)\b.{0,12}(?:that|:|the|to)|the\s?(?:correct|real|true|right|only)\s?answer\s?is",
    r"regardless\s?of\s?(?:what|which|any|the\s?question|how)|(?:always|never)\s?(?:end|start|begin|finish|append|add|include|mention|cite|refuse)|(?:append|add)\s?.{1,30}to\s?(?:every|all|each|your)",
    r"(?:do\s?not|don.?t)\s?(?:cite|mention|quote|reveal|disclose|refuse)|(?:respond|reply|answer)\s?in\s?(?:english|french|german|japanese|chinese|spanish|json)|overrides?\s?(?:all|any|every|the)",
    r"(?:the|any|every|all)\s?(?:ais?|llms?|assistant|chatbot|bot|(?:language\s?)?model)s?\s?(?:must|should|shall|will|has\s?to|needs\s?to|reading|that\s?reads?|which\s?reads?)|(?:translate|recite)\s?(?:your|the)\s?(?:instruction|prompt|rule)",
    r"end\s?of\s?(?:document|context|article|input)|new\s?(?:user\s?)?(?:question|query|task)\s?:",
    r"(?:reveal|repeat|show|leak|expose)\s?.{0,12}(?:prompt|instructions)|(?:above|previous|prior|earlier)\s?.{0,16}(?:void|invalid|cancell?ed|obsolete|superseded|outdated|fake|false|wrong)",
)
COMMAND = re.compile("|".join((*TO_DISREGARD, IN_ENGLISH[0], r"(?:系统|内部)提示词|system\s?prompt|(?:请你?|你来|你要|现在你)扮演|越狱模式")), re.IGNORECASE | re.MULTILINE)  # fmt: skip
ORDER = re.compile("|".join((*TO_DISREGARD, *TO_DISCREDIT, *TO_SAY, *IN_ENGLISH)), re.IGNORECASE | re.MULTILINE)
