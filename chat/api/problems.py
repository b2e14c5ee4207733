"""What goes wrong, as problem details (RFC 9457): one table of what may happen, each with its status and its words."""

from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from rag.errors import UserError

MEDIA_TYPE = "application/problem+json"


class Problem(NamedTuple):
    """A kind of problem: its HTTP status and what it is called."""

    status: int
    zh: str
    en: str


PROBLEMS = {
    "no-key": Problem(401, "需要有效的密钥", "A valid key is needed"),
    "scope": Problem(403, "密钥没有这项权限", "The key may not do this"),
    "not-found": Problem(404, "没有这个地址或内容", "There is no such thing"),
    "method": Problem(405, "这个地址不接受这种方法", "This method is not for this address"),
    "too-large": Problem(413, "发送的内容太大", "Too much was sent"),
    "media-type": Problem(415, "需要 application/json", "application/json is needed"),
    "invalid": Problem(422, "发送的内容不合要求", "What was sent does not fit"),
    "rate": Problem(429, "超过了密钥每分钟的次数", "More requests than the key has in a minute"),
    "failed": Problem(500, "服务器出了问题", "The server failed"),
    "crowded": Problem(503, "现在提问的人太多", "Too many are asking now"),
    "away": Problem(503, "数据库没有回应", "The database does not answer"),
}
OF_STATUS = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type"}


class ApiProblem(Exception):  # noqa: N818, it is answered and no fault of ours
    """A request that gets no result. `code` is one of PROBLEMS; `detail` says more of this one."""

    def __init__(self, code: str, detail: UserError | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = headers or {}


def problem_body(code: str, lang: str, detail: str = "", **more: Any) -> dict[str, Any]:
    """The members of RFC 9457 and `code`, by which a program tells the kind. The type is the kind's place on the page of the API."""
    problem = PROBLEMS[code]
    title = problem.en if lang == "en" else problem.zh
    body = {"type": f"/api/v1/docs#{code}", "title": title, "status": problem.status, "code": code}
    return body | ({"detail": detail} if detail else {}) | more


def language_of(request: Request) -> str:
    """English where the client asks for it first, else Chinese."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh"


def answered_problem(request: Request, error: ApiProblem, **more: Any) -> Response:
    lang = language_of(request)
    body = problem_body(error.code, lang, error.detail.message(lang) if error.detail else "", **more)
    headers = {"Content-Language": "en" if lang == "en" else "zh-CN", **error.headers}
    return JSONResponse(body, body["status"], headers, media_type=MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """What a client can mend is told as problem details; the rest is the gate's (`chat.api.access.Gate`)."""

    @app.exception_handler(ApiProblem)
    async def told(request: Request, error: ApiProblem) -> Response:
        return answered_problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        """Where it does not fit, and why; never what was sent, which may hold half a character or somebody's number."""
        errors = [{"at": "/".join(map(str, one["loc"])), "reason": one["type"]} for one in error.errors()]
        return answered_problem(request, ApiProblem("invalid"), errors=errors)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        code = OF_STATUS.get(error.status_code, "invalid" if error.status_code < 500 else "failed")
        return answered_problem(request, ApiProblem(code, headers=dict(error.headers or {})))

    @app.exception_handler(UserError)
    async def no_result(request: Request, error: UserError) -> Response:
        return answered_problem(request, ApiProblem("invalid", error))
