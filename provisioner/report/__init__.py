"""A test's results as files for others to read: a page for people, JUnit XML for a CI system.

Both are made from the document of `test --json` (``schemas/output/test.schema.json``), whose strings come from
servers and are trusted by neither. Answers and prompts are in neither.
"""
