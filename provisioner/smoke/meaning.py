"""What the words and codes of an error are about, in English and Chinese, whatever status they came under.

Providers use the same status for different troubles: a missing balance comes as 400, 401, 402, 403, 429, 500, or
inside a 200. Two of the causes are told first because the usual advice is wrong for them: without money no waiting
helps, and a model that is served without tools is neither missing nor forbidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.smoke.problem import Kind

_URL = re.compile(r"https?://\S+")

# bigmodel.cn and z.ai, MiniMax, SiliconFlow.
_QUOTA_CODES = frozenset({"1113", "1309", "1008", "2056", "30001"})
_KEY_CODES = frozenset({"1004", "2049", "110", "111"})
_NO_MONEY = re.compile(
    r"insufficient[_ ](?:account[_ ])?(?:quota|balance|credits?|funds?)|(?:balance|credits?|funds?)\b.{0,40}\b(?:insufficient|too low|exhausted|depleted|used up|negative|not enough|expired)"
    r"|not enough (?:credits?|balance|funds|quota)|out of (?:credits?|funds|balance)|(?:no|any|more) (?:remaining )?credits?\b|requires? more credits"
    r"|(?:used|exceeded|exhausted)\b.{0,40}\bcredits?\b|credit limit (?:exceeded|reached)|can only afford"
    r"|exceeded[_ ]current[_ ](?:token[_ ])?quota|arrear|overdue|good standing|payment[_ ](?:required|method)|unpaid"
    r"|spend(?:ing)?[_ ](?:limit|cap)|(?:recharge|top[- ]?up)\b|account\b.{0,40}\bsuspended"
    r"|(?:subscription|plan|package|free (?:quota|tier|trial))\b.{0,40}\b(?:expired|exhausted|used up|ended|inactive)|inactive subscription"
    r"|allocationquota\.freetieronly|accountoverdue|quota[_ ]?(?:exhausted|not enough)"
    r"|余额不足|余额已|余额.{0,6}(?:不足|用完|耗尽)|欠费|充值|额度.{0,4}(?:不足|用完|用尽|耗尽|已用)|(?:无可用|没有可用|购买)资源包|资源包.{0,8}(?:用完|用尽|耗尽|不足|过期|到期)"
    r"|套餐.{0,6}(?:过期|到期|用完|失效)|免费额度|配额.{0,4}(?:不足|用完|用尽|耗尽)|账户.{0,6}(?:停用|冻结|异常)|账单.{0,4}(?:逾期|未付)",
    re.IGNORECASE,
)
# Words that speak of money, but also stand in what is said to those who only ask too often.
_MAYBE_MONEY = re.compile(
    r"\bbilling\b|exceeded (?:your )?(?:current|monthly|daily|weekly)? ?quota|quota exceeded|upgrade your plan",
    re.IGNORECASE,
)
_TOO_OFTEN = re.compile(
    r"rate[_ -]?limit|too many requests|(?:requests?|tokens?|queries)[_ ]per[_ ](?:second|minute|hour)|per[_ -]?minute|\b[rt]pm\b|\bqps\b"
    r"|too frequent|slow down|try again (?:in|after|later)|retry (?:in|after)|throttl|concurren"
    r"|请求.{0,6}(?:频繁|过快|过多)|频率|限流|并发|速率|稍后再试|稍后重试|访问量过大",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(
    r"api_key_invalid|(?:invalid|incorrect|wrong|unknown|malformed|expired)[_ ](?:or[_ ]\w+[_ ])?(?:api[_ -]?key|access[_ ]token|token\b|credentials?)|api[_ -]?key\b.{0,40}\b(?:not valid|invalid|incorrect|expired|revoked|disabled|not found|does not exist|missing|required)"
    r"|invalid authentication|authentication[_ ](?:error|failed|fails)|unauthenticated|login fail|access token (?:is )?(?:invalid|expired)|no api[_ -]?key"
    r"|no connected db"  # how a LiteLLM proxy without a database says that it does not know a key
    r"|(?:密钥|令牌|api ?key|apikey|token).{0,8}(?:无效|错误|不正确|不存在|过期|失效)|无效的(?:密钥|令牌|api ?key|token)|(?:鉴权|认证|身份验证)(?:失败|错误)|未提供(?:密钥|令牌)",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model[_ ]?not[_ ]?(?:found|exist)|invalid[_ ]model|unknown[_ ]model|no such model|not found the model"
    r"|model\b.{0,160}\b(?:does not exist|not exist|not found|is not (?:supported|available|found)|doesn't exist|deprecated|decommissioned)"
    r"|models/\S{1,160} is not found|not_found_error\b.{0,10}model:|(?:does not|doesn't) (?:have access to|support) (?:the )?model"
    r"|no endpoints found|deployment\b.{0,80}\b(?:does not exist|not found)|no available channel"
    r"|模型.{0,40}(?:不存在|未找到|不可用|已下线|未开通|没有权限)|(?:不存在|找不到|未知)(?:的)?模型|无可用渠道",
    re.IGNORECASE | re.DOTALL,
)
_NO_TOOLS = re.compile(
    r"no endpoints found that support tool|(?:does not|doesn't|do not|don't|cannot|can't|not) (?:currently )?support (?:the )?(?:use of )?(?:tools?|functions?)\b(?:[ _-](?:use|call\w*|choice))?(?! \w*schema)"
    r"|(?:tools?|functions?)(?:[ _-](?:use|call\w*|choice))? (?:is|are) (?:not|un)[ -]?(?:supported|available|enabled)|(?:tools?|function)(?:[ _-](?:use|calling|call|choice))? (?:requires?|needs?|is only)\b"
    r"|enable-auto-tool-choice|tool-call-parser|--jinja|unsupported.{0,20}\btool(?:s|_choice| use| call\w*)\b"
    r"|不支持.{0,8}(?:工具|函数|tools?|function)|(?:工具|函数)调用.{0,6}(?:不支持|不可用)",
    re.IGNORECASE,
)


def cause(said: str, code: str | int | None = None) -> Kind | None:
    """What an error is about, by its words and its code alone; None where they do not say.

    ``bad_request`` stands for a model that is served without tools: :func:`without_tools` says what to do.
    """
    words, number = _URL.sub(" ", said), str(code)
    if _NO_TOOLS.search(words):
        return "bad_request"
    often = _TOO_OFTEN.search(words) is not None
    if number in _QUOTA_CODES or _NO_MONEY.search(words) or (_MAYBE_MONEY.search(words) and not often):
        return "quota"
    if number in _KEY_CODES or _BAD_KEY.search(words):
        return "auth"
    return "model_not_found" if _NO_MODEL.search(words) else None


def without_tools(said: str) -> str | None:
    """What to do about a model that is served without tools, if that is what an error says."""
    words = _URL.sub(" ", said)
    if not _NO_TOOLS.search(words):
        return None
    if "--jinja" in words:
        return "start the server with --jinja: Kimi Code sends its tools with every request"
    if re.search(r"enable-auto-tool-choice|tool-call-parser", words):
        return (
            "start the server with --enable-auto-tool-choice and the --tool-call-parser of the model: Kimi Code sends its "
            "tools with every request"
        )
    return "choose a model, or a provider of it, that takes tools: Kimi Code sends them with every request"


def too_often(said: str) -> bool:
    """Whether an error speaks of a rate that was passed, which waiting helps."""
    return _TOO_OFTEN.search(_URL.sub(" ", said)) is not None
