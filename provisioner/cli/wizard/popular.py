"""The providers that most people look for, first things first. Ids that a catalog does not have are passed over."""

POPULAR = (
    "moonshotai",
    "kimi-for-coding",
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
