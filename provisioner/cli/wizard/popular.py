"""The providers that most people look for, first things first. Ids that a catalog does not have are passed over."""

POPULAR = (
    "moonshotai",
    "kimi-code-plan-global",
    "kimi-code-plan-cn",
    "kimi-for-coding",  # what the two were before
    "anthropic",
    "openai",
    "google",
    "openrouter",
    "deepseek",
    "zai",
    "alibaba",
    "minimax",
    "xai",
    "mistral",
    "groq",
    "ollama-cloud",
)
