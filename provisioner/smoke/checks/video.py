"""``video``: a tiny clip is made on the spot, uploaded as Kimi Code does, and its colour must be named.

Kimi Code hands videos to providers of the type ``kimi`` only.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from provisioner.smoke.capabilities import claims, remedy, with_capability, without_capability
from provisioner.smoke.checks.vision import names
from provisioner.smoke.clip import MIME, NAME, avi_of
from provisioner.smoke.picture import COLOURS
from provisioner.smoke.probe import Probe
from provisioner.smoke.problem import Problem
from provisioner.smoke.report import Check
from provisioner.smoke.upload import forget, upload
from provisioner.smoke.verdict import could_not_tell

if TYPE_CHECKING:
    from provisioner.smoke.session import Session

PROMPT = f"Which colour does this video show? Answer with one word out of: {', '.join(COLOURS)}."


async def check(session: Session) -> Check:
    """The check, compared with what the alias claims."""
    target = session.target
    if target.wire.name != "kimi":
        return Check("video", "skipped", "Kimi Code uploads videos to providers of the type kimi only")
    (colour,) = random.sample(list(COLOURS), 1)
    uploaded = await upload(session, NAME, MIME, avi_of(colour))
    if isinstance(uploaded, Problem):
        problem: Problem | None = uploaded
        said = f"the video cannot be uploaded: {uploaded.message}"
    else:
        asked = await session.ask(Probe(PROMPT, video=uploaded))
        await forget(session, uploaded)
        problem, answer = asked.outcome.problem, asked.outcome.answer.text
        said = "" if names(answer, colour) else f"a {colour} video was described as: {answer.strip()[:60]!r}"
        if problem is not None:
            said = f"the video is refused: {problem.message}"
    if problem is not None and could_not_tell(problem):
        return Check("video", "unknown", problem.message)
    claimed = claims(target, "video_in")
    if claimed and said:
        changes = without_capability(target, "video_in")
        return Check("video", "fail", f"config.toml claims video_in, but {said}{remedy(changes)}", changes)
    if said:
        return Check("video", "pass", "the model sees no videos, and config.toml does not claim it")
    if claimed:
        return Check("video", "pass", "named the colour of a video")
    changes = with_capability(target, "video_in")
    return Check(
        "video", "pass", f"the model sees videos, and config.toml does not say so{remedy(changes)}", changes
    )
