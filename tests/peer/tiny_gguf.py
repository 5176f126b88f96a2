"""Makes a model for llama.cpp on the spot: a llama of one small block with random weights, and a vocabulary of its own.

It answers with a few random letters. The vocabulary is learnt from a given text, so that a first turn takes about as
many tokens as with a real model. The file's form is that of GGUF 3 (docs/gguf.md of ggml).
"""

from __future__ import annotations

import random
import re
import struct
from array import array
from collections import Counter
from itertools import pairwise
from typing import Any

_WIDTH, _HEADS, _INNER = 32, 2, 64
_MERGES = 700
_END, _START, _TURN = "<|end|>", "<|answer|>", "<|turn|>"
_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 6, 7, 8, 9
_INT32 = 5
_ALIGNMENT = 32
_WORDS = re.compile(r" ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+")
# Names the tools in the system's turn and a call's form, which is what makes llama.cpp accept tools.
_TEMPLATE = (
    "{%- if tools %}<|turn|>system\nTools:\n{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}"
    'Call one so: <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call><|end|>\n{%- endif %}'
    "{%- for message in messages %}<|turn|>{{ message.role }}\n"
    "{%- if message.content %}{{ message.content }}{% endif %}"
    "{%- for call in message.tool_calls or [] %}<tool_call>"
    '{"name": {{ call.function.name | tojson }}, "arguments": {{ call.function.arguments | tojson }}}</tool_call>'
    "{%- endfor %}<|end|>\n{%- endfor %}{%- if add_generation_prompt %}<|answer|>{% endif %}"
)


def tiny_gguf(text: str, context: int = 65_536) -> bytes:
    """A GGUF file whose vocabulary suits ``text`` and that was trained for ``context`` tokens."""
    merges = _learn(text)
    letters = _alphabet()
    tokens = [*letters.values(), *("".join(pair) for pair in merges), _END, _START, _TURN]
    kinds = [1] * (len(tokens) - 3) + [3] * 3  # 1: normal, 3: control
    fields: dict[str, tuple[int, Any]] = {
        "general.architecture": (_STRING, "llama"),
        "general.name": (_STRING, "tiny"),
        "llama.context_length": (_UINT32, context),
        "llama.embedding_length": (_UINT32, _WIDTH),
        "llama.block_count": (_UINT32, 1),
        "llama.feed_forward_length": (_UINT32, _INNER),
        "llama.attention.head_count": (_UINT32, _HEADS),
        "llama.attention.head_count_kv": (_UINT32, _HEADS),
        "llama.attention.layer_norm_rms_epsilon": (_FLOAT32, 1e-5),
        "llama.rope.dimension_count": (_UINT32, _WIDTH // _HEADS),
        "llama.vocab_size": (_UINT32, len(tokens)),
        "tokenizer.ggml.model": (_STRING, "gpt2"),
        "tokenizer.ggml.pre": (_STRING, "gpt-2"),
        "tokenizer.ggml.tokens": (_ARRAY, (_STRING, tokens)),
        "tokenizer.ggml.token_type": (_ARRAY, (_INT32, kinds)),
        "tokenizer.ggml.merges": (_ARRAY, (_STRING, [" ".join(pair) for pair in merges])),
        "tokenizer.ggml.bos_token_id": (_UINT32, tokens.index(_TURN)),
        "tokenizer.ggml.eos_token_id": (_UINT32, tokens.index(_END)),
        "tokenizer.ggml.add_bos_token": (_BOOL, False),
        "tokenizer.chat_template": (_STRING, _TEMPLATE),
    }
    return _file(fields, _tensors(tokens))


def _alphabet() -> dict[int, str]:
    """The letter that stands for each byte in a vocabulary of the GPT-2 kind."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + at) for at, byte in enumerate(others)}


def _learn(text: str) -> list[tuple[str, str]]:
    """Byte pair encoding: the most frequent pair of neighbours within words becomes a token, again and again."""
    letters = _alphabet()
    words = {
        tuple(letters[byte] for byte in word.encode()): count
        for word, count in Counter(_WORDS.findall(text)).items()
    }
    merges: list[tuple[str, str]] = []
    while len(merges) < _MERGES:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in pairwise(word):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        words = {_joined(word, best): count for word, count in words.items()}
    return merges


def _joined(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for token in word:
        if found and (found[-1], token) == pair:
            found[-1] += token
        else:
            found.append(token)
    return tuple(found)


def _tensors(tokens: list[str]) -> dict[str, tuple[tuple[int, ...], array[float]]]:
    """Random weights, but for two directions that see to it that an answer has letters in it and ends.

    The first is the same in every token: a letter is likely, the end less so, anything else never comes.
    The second is only in the token that opens an answer, and keeps the end from coming first.
    """
    draw = random.Random(0)

    def weights(*shape: int, size: float = 0.02) -> tuple[tuple[int, ...], array[float]]:
        count = 1
        for part in shape:
            count *= part
        return shape, array("f", (draw.gauss(0, size) for _ in range(count)))

    def ones() -> tuple[tuple[int, ...], array[float]]:
        return (_WIDTH,), array("f", [1.0] * _WIDTH)

    embeddings, outputs = weights(_WIDTH, len(tokens), size=0.1), weights(_WIDTH, len(tokens))
    for row, token in enumerate(tokens):
        at = row * _WIDTH
        embeddings[1][at : at + 2] = array("f", [1.0, 3.0 if token == _START else 0.0])
        likely = 5.0 if token == _END else 3.0 if token.isascii() and token.isalpha() else -5.0
        outputs[1][at : at + 2] = array("f", [likely, -10.0 if token == _END else 0.0])
    return {
        "token_embd.weight": embeddings,
        "output.weight": outputs,
        "output_norm.weight": ones(),
        "blk.0.attn_norm.weight": ones(),
        "blk.0.ffn_norm.weight": ones(),
        **{f"blk.0.attn_{name}.weight": weights(_WIDTH, _WIDTH) for name in ("q", "k", "v", "output")},
        "blk.0.ffn_gate.weight": weights(_WIDTH, _INNER),
        "blk.0.ffn_up.weight": weights(_WIDTH, _INNER),
        "blk.0.ffn_down.weight": weights(_INNER, _WIDTH),
    }


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind: int, value: Any) -> bytes:
    if kind == _STRING:
        return _string(value)
    if kind == _ARRAY:
        inner, members = value
        head = struct.pack("<IQ", inner, len(members))
        return head + b"".join(_value(inner, member) for member in members)
    form = {_UINT32: "<I", _INT32: "<i", _FLOAT32: "<f", _BOOL: "<?"}[kind]
    return struct.pack(form, value)


def _file(
    fields: dict[str, tuple[int, Any]], tensors: dict[str, tuple[tuple[int, ...], array[float]]]
) -> bytes:
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(fields))]
    for name, (kind, value) in fields.items():
        head += [_string(name), struct.pack("<I", kind), _value(kind, value)]
    data = b""
    for name, (shape, numbers) in tensors.items():
        head += [_string(name), struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))]
        data += _padded(numbers.tobytes())
    return _padded(b"".join(head)) + data


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)
