"""Every code with which something is said to be wrong: what led to it, and what ends it.

`help CODE` prints a row, and the reference is made from all of them. The message of an error says what happened here and
now, and its hint the one command; the rows say what is always true.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A cause and a cure, each a sentence or two without the case at hand."""

    cause: str
    cure: str


# `code` in the JSON error object of any command.
COMMANDS = {
    "usage": Row(
        "The command contradicts itself or lacks something.",
        "The hint names the option; `kimi provider COMMAND --help` lists all.",
    ),
    "terminal_needed": Row(
        "A question would have to be asked, and stdin or stdout is no terminal.",
        "Give the options that the hint names; they answer it.",
    ),
    "consent_needed": Row(
        "The change would replace or take over what another source or a person put there.",
        "Look with --dry-run, then repeat with the option that the hint names, mostly --yes.",
    ),
    "provider_managed": Row(
        "The provider is a login of Kimi Code, or its id is reserved for one.",
        "Take another id with --as, or use Kimi Code's own commands for the login.",
    ),
    "config_changed": Row(
        "Something else has changed config.toml since the change that is to be taken back, and that would be lost; "
        "in the Python API: since the change was planned.",
        "Look with `kimi provider undo --dry-run`, then repeat with --force; what stands there is kept. In the API: plan "
        "again.",
    ),
    "report_unwritable": Row(
        "The file named for --report or --junit cannot be written.",
        "Name a file in a folder of yours; missing folders are made.",
    ),
    "not_found": Row(
        "config.toml, the catalog or the registry has no such provider, alias or model.",
        "The hint has the nearest name; `kimi provider list` has all.",
    ),
    "config_invalid": Row(
        "config.toml cannot be read, is no TOML, or does not mean what the command needs.",
        "`kimi provider doctor` says where; `kimi provider undo` brings an earlier version back.",
    ),
    "config_unwritable": Row(
        "config.toml cannot be written at its place: a folder, a bind mount, permissions, a full disk.",
        "Set the permissions right, mount its folder and not the file alone, or name another file with --config.",
    ),
    "busy": Row(
        "Another process holds the lock on config.toml, or an editor does not stop saving it.",
        "Try again when it is done.",
    ),
    "document_invalid": Row(
        "A catalog, a registry or a list of models arrived, but it is not usable.",
        "Check the address; an author finds out more with `kimi provider registry validate URL`.",
    ),
    "fetch_failed": Row(
        "A document could not be fetched: no connection, a proxy, TLS, or an HTTP status.",
        "The message says which; --offline uses the copy that is kept, --debug shows the requests.",
    ),
    "credential_refused": Row(
        "The host of a document answered 401 or 403: the token is missing or wrong.",
        "Give the right one with --token-stdin or in KIMI_REGISTRY_API_KEY; one in config.toml with `kimi provider key ID`.",
    ),
    "address_invalid": Row("The URL is none that a document can be fetched from.", "Correct the URL."),
    "shrink_refused": Row(
        "A new document lost more than half of its providers or models, which is most often an accident.",
        "Look at it; take it with --accept-shrink (refresh) or --yes (add, catalog refresh).",
    ),
    "not_importable": Row(
        "The provider cannot be used as it is: an unknown or proprietary protocol, no endpoint, no chat model.",
        "Where only the endpoint is missing: --base-url URL, or --var NAME=VALUE for a placeholder in it.",
    ),
    "interrupted": Row(
        "Ctrl-C or a signal ended the command; the message says whether config.toml had been changed by then.",
        "Repeat the command, or `kimi provider undo`.",
    ),
    "system": Row(
        "The output could not be written, most often because a disk is full.", "Make room, and repeat."
    ),
}

# `error.kind` in the JSON of `test`. The formatter would make a column of each row.
TESTS = {
    "auth": Row("The server refused the key (401).", "`kimi provider key ID` gives a new one; the key may be of another platform of the same company."),
    "forbidden": Row("The key is right, but may not do this: a region, a plan, a model that is not enabled.", "Allow it in the provider's console, or choose another model."),
    "model_not_found": Row("The endpoint has no model of this name.", "Correct `model` in the alias; the hint has the nearest of the endpoint's own list."),
    "not_found_url": Row("Nothing answers at this path (404).", "Correct `base_url`; where another base or another wire answers on the host, the hint has it."),
    "bad_request": Row("The server refuses the request that Kimi Code would send: a limit, a parameter, a tool.", "The hint has the line for config.toml; `kimi provider test ALIAS --fix` writes it where it is clear."),
    "rate_limit": Row("Too many requests or tokens in a time (429). This says nothing about the alias.", "Wait as long as the server asks, then test again; -j 1 asks one at a time."),
    "quota": Row("The account is empty or its budget used up, whatever status the server gave it.", "Top up the account."),
    "server": Row("The server failed (5xx), or is overloaded. This says nothing about the alias.", "Test again later."),
    "redirect": Row("The endpoint redirects; no key is sent there to find out.", "Write the address that it redirects to as `base_url`, if you trust it."),
    "not_sse": Row("The answer was no stream: a web page, or one JSON document.", "Correct `base_url` and `type`; behind a proxy, see whether the page is the proxy's."),
    "stream_error": Row("The stream broke off with an error event.", "Test again; the server's words say more."),
    "bad_json": Row("An event of the stream, or the answer, is no JSON.", "Test again; if it stays so, report it to those who run the endpoint."),
    "truncated": Row("The connection ended before the answer did.", "Test again; a proxy in between may cut long answers."),
    "protocol": Row("The answer belongs to another wire, or is not HTTP.", "Correct `type` or `protocol`."),
    "unreadable": Row("The stream is fine by the protocol, but Kimi Code's own reader fails on it.", "Report it to those who run the endpoint; until then use another model or endpoint."),
    "too_large": Row("The answer, or one value in it, is larger than any that makes sense.", "Report it to those who run the endpoint."),
    "dns": Row("The host's name has no address.", "Correct `base_url`, or the network; inside a company set HTTPS_PROXY."),
    "refused": Row("Nothing listens at that address.", "Start the server, or correct `base_url`."),
    "tls": Row("No trusted connection: a private authority, an expired certificate, a wrong name.", "Name the authority in NODE_EXTRA_CA_CERTS; correct the host."),
    "timeout": Row("No connection, or no complete answer, in time.", "Test again; --timeout SECONDS waits longer."),
    "proxy": Row("The proxy did not let the request through.", "NO_PROXY=HOST for a host inside, or correct HTTPS_PROXY."),
    "config": Row("config.toml has nothing that could be sent: no credential, an unknown alias, settings that Kimi Code refuses.", "`kimi provider doctor`."),
}  # fmt: skip

# `code` of a finding of `doctor`.
FINDINGS = {
    "invalid_utf8": Row("The file is no text in UTF-8.", "Save it as UTF-8 in an editor, or `kimi provider undo`."),
    "invalid_toml": Row("The file is no TOML at this place: Kimi Code reads nothing of it.", "Correct the line, or `kimi provider undo`."),
    "file_readable": Row("Others on this machine can read or change the file.", "`kimi provider doctor --fix`, or chmod 600."),
    "folder_writable": Row("Others on this machine can replace the file: its folder is theirs to write.", "chmod 700 on the folder."),
    "in_git": Row("The file holds keys and lies in a git work tree.", "Take the keys out with `kimi provider key ID --to-env NAME`, or keep the file out of git."),
    "section_dropped": Row("A value has the wrong type: Kimi Code ignores the whole section, all providers or all models.", "Correct or remove the value; --fix where only one is right."),
    "integer_too_large": Row("A number is larger than any that Kimi Code reads: it ignores the whole file.", "Write a smaller one."),
    "default_invalid": Row("default_model or default_provider is no string: Kimi Code refuses every prompt.", "Write a string, or remove it."),
    "no_default_model": Row("The file names no default_model: Kimi Code refuses every prompt, whatever -m says.", "`kimi provider set-default ALIAS`."),
    "default_model_unknown": Row("default_model names an alias that there is not.", "`kimi provider set-default ALIAS`."),
    "secondary_model_unknown": Row("secondary_model names an alias that there is not.", "Name one of `kimi provider list` there."),
    "alias_unknown": Row("There is no alias of that name.", "`kimi provider list` has all."),
    "provider_missing": Row("An alias names no provider, or one that the file does not have.", "Correct `provider` in the alias, or import the provider."),
    "type_unknown": Row("A provider has no type, or one that Kimi Code does not know.", "Write one of the wires: `kimi provider help wires`."),
    "protocol_missing": Row("An alias needs a `protocol`: its provider's type names none that Kimi Code runs (vertexai), or it has no provider.", "Write `protocol` in the alias."),
    "model_missing": Row("An alias does not say what the endpoint calls the model.", "Write `model` in the alias."),
    "model_unsendable": Row("The model's name cannot stand in a URL, where this wire puts it.", "Correct `model` in the alias."),
    "context_missing": Row("An alias has no max_context_size, without which Kimi Code does not run it.", "Write `max_context_size` in the alias."),
    "context_small": Row("The context is smaller than Kimi Code's first prompt.", "Choose another model, or start a local server with a larger context."),
    "max_output_size_missing": Row("Without a limit Kimi Code asks for as many tokens as the whole context holds, which many servers refuse.", "Write `max_output_size`; `kimi provider test ALIAS --fix` finds out what the server allows."),
    "max_output_size_above_context": Row("The output limit is larger than the context.", "Correct one of the two."),
    "max_input_size_above_context": Row("The input limit is larger than the context.", "Correct one of the two."),
    "no_off_effort": Row("The model has efforts but neither `thinking` nor an off_effort: Kimi Code refuses it.", 'Add "thinking" to its capabilities, or off_effort = "none".'),
    "unknown_key": Row("A key that Kimi Code does not know, one slip away from one that it does; it is ignored.", "Write the key that is meant; --fix does."),
    "unknown_capability": Row("A capability that Kimi Code does not know, one slip away from one that it does.", "Write the one that is meant; --fix does."),
    "credential_missing": Row("A provider has no key where Kimi Code needs one.", "`kimi provider key ID`, or api_key_env in its table."),
    "credential_conflict": Row("Two kinds of credential stand side by side, which exclude each other.", "Remove one of them."),
    "variable_unset": Row("The variable that holds the key is not set here.", "Export it where Kimi Code is started."),
    "key_unsendable": Row("The key holds characters that no header can carry: line ends, quotes, other scripts.", "Copy it again, as plain text."),
    "env_key_unread": Row("The env table has a key under a name that Kimi Code does not read for this type.", "Rename it; --fix does where it is clear."),
    "key_overwritten": Row("api_key differs from source.apiKey: Kimi Code's next start overwrites it with that.", "`kimi provider key ID` sets both."),
    "login": Row("The provider is a login that Kimi Code itself holds; only Kimi Code can use it.", "Nothing; tests leave it out."),
    "no_key": Row("A provider without a key: Kimi Code sends the word `unused`.", 'api_key = "unused" for a server that needs none, else a key.'),
    "shell_key": Row("A provider without a key, and a variable of the shell that Kimi Code would send in its place.", 'api_key = "unused" in the provider, or unset the variable.'),
    "shell_redirect": Row("The file names no base_url, and an exported variable would send the key to another host.", "Write base_url; --fix writes the wire's own."),
    "shell_vertex": Row("GOOGLE_GENAI_USE_VERTEXAI is exported: Kimi Code would ask Vertex AI in place of the Gemini API.", "Unset it."),
    "shell_project_missing": Row("A Vertex provider without a key: Kimi Code takes its project from the shell, not from the file, and none is exported.", "Export GOOGLE_CLOUD_PROJECT."),
    "shell_model": Row("KIMI_MODEL_NAME is exported: it wins over the file's default.", "Unset it, or mean it."),
    "shell_model_without_key": Row("KIMI_MODEL_NAME is exported without KIMI_MODEL_API_KEY: Kimi Code does not start.", "Set both, or neither."),
    "base_url_invalid": Row("base_url is no http or https URL, or holds a query, a fragment or a password.", "Keep scheme, host and path; put a key into api_key."),
    "base_url_pasted": Row("base_url ends in the path that Kimi Code appends by itself.", "Remove that end; --fix does."),
    "base_url_placeholder": Row("base_url holds a ${…}: nobody fills it in.", "Write the whole address."),
    "base_url_doubled": Row("The path of base_url has its version twice.", "Write it once; --fix does."),
    "base_url_version": Row("base_url has no version such as /v1, and this wire appends none.", "Add it."),
    "header_unsendable": Row("A custom header has a name or value that HTTP cannot carry.", "Correct it in custom_headers."),
    "http_public": Row("http to a public host: everybody on the way can read the key or token.", "Write https, where the host has it."),
    "secret_in_url": Row("The address of a source holds a query or a password, and is shown wherever the address is.", "Put the token into apiKey."),
    "source_api_key": Row("A source has its token under a name that Kimi Code does not read; it is apiKey there.", "Write apiKey; --fix does."),
    "source_incomplete": Row("A source of a registry lacks its url or apiKey: Kimi Code never refreshes it.", "`kimi provider add --registry URL` again."),
    "source_stale": Row("The source has changed since the import, as far as the kept documents tell.", "`kimi provider refresh ID`."),
    "model_retired": Row("The source does not have the model any more.", "`kimi provider refresh ID`."),
    "reserved_name": Row("The id is one of Kimi Code's own: it refreshes that provider at its own address, with the key that stands there.", "Give the provider another name."),
    "internal_name": Row("The name is one that Kimi Code uses inside itself; it strips the table.", "Give it another name."),
    "names_alike": Row("Two names that look the same are not the same.", "Rename or remove one."),
    "hidden_character": Row("A name or value holds a character that cannot be seen.", "Write it again by hand; --fix does for values."),
    "curly_quotes": Row("A value holds a quotation mark that came from a document.", "Write it without; --fix does where it is clear."),
}  # fmt: skip

# `code` of a finding of `registry validate`.
REGISTRY = {
    "not_text": Row("It is no text in any encoding of JSON.", "Save it as UTF-8."),
    "not_json": Row("It is no JSON at this place.", "Correct the line."),
    "not_a_registry": Row("It is another document: a catalog, a list of models, another tool's configuration.", "The hint has the command for it."),
    "empty": Row("It has no provider.", "Write one: `kimi provider registry init` makes them from what is configured."),
    "encoding": Row("It begins with a byte order mark, or is not UTF-8, the only encoding that Kimi Code reads.", "Save it as UTF-8 without a mark."),
    "provider_skipped": Row("A provider lacks a required field, or one has a wrong type: an import skips it.", "Write id, name, api, type and models."),
    "model_skipped": Row("A model lacks its id, or has one that cannot be written: an import skips it, Kimi Code without a word.", "Write its id."),
    "reserved_id": Row("The id is one of Kimi Code's own: the whole document is refused.", "Give the provider another id."),
    "duplicate_id": Row("Two providers have the same id: the later one replaces the earlier.", "Give one another id."),
    "duplicate_alias": Row("Two models come to the same alias: the later one replaces the earlier.", "Rename one."),
    "duplicate_key": Row("The same key stands twice in an object: the earlier value is lost.", "Remove one."),
    "no_models": Row("A provider has no usable model: it brings no alias.", "Add models, or remove it."),
    "endpoint": Row("The address looks wrong for its wire, or is http to a public host.", "Correct `api`; write https."),
    "limit": Row("A limit is a fraction, larger than Kimi Code reads, or the output is more than the context.", "Write whole numbers that fit."),
    "context": Row("A model has no usable limit.context, or one that Kimi Code's first prompt does not fit into.", "Write the context that the server runs with."),
    "ignored": Row("An optional field has the wrong type, and counts as absent.", "Write the type that the schema asks for."),
    "unknown_field": Row("A field that nobody reads, nearly spelled like one that is read.", "Write the field that is meant."),
    "no_tool_call": Row("A model states other abilities without tool_call, so it is taken to call no tools, which Kimi Code needs.", 'Write "tool_call": true.'),
    "modality": Row("A kind of input or output that nobody knows.", "Write text, image, audio, video, pdf or file."),
    "efforts": Row("support_efforts and default_effort do not fit each other, or the model's reasoning.", "Write reasoning: true, and a default out of the list."),
    "secret": Row("A field that looks like a key or header; it is ignored, and everybody can read it.", "Remove it, and change the key."),
    "env_name": Row("A name that no variable can have.", "Write letters, digits and underscores."),
    "empty_key": Row("A model's key is empty, so its alias ends in a slash.", "Give it a key."),
    "invisible": Row("A name holds a character that cannot be seen.", "Write it again by hand."),
    "lookalike": Row("An id looks like another one, or mixes scripts.", "Rename one."),
}  # fmt: skip

# `code` of a note beside a result; one that doctor has too means the same.
NOTES = {
    "file": Row("What writing the file itself had to say: its mode, its backup, names that look like others.", "The message says what to do, where there is anything."),
    "no_diff": Row("The difference is not shown: one of the two versions is no valid TOML, and its keys could not be masked.", "Nothing; compare the files by hand, where it matters."),
    "taken_over": Row("The change took over what another source or a person had put there, as was asked.", "`kimi provider undo` brings it back."),
    "default_cleared": Row("default_model or default_provider named what is gone, and went with it.", "`kimi provider set-default ALIAS`."),
    "secondary_cleared": Row("secondary_model named what is gone, and went with it.", "Name another there, where one is wanted."),
    "not_remembered": Row("What was written could not be kept on record: a refresh will keep what it is not sure of.", "Make room in the state folder, or make it writable: `kimi provider help files`."),
    "no_record": Row("Nothing tells what the last import wrote, so what differs from upstream and may be yours stays.", "Add the provider again to take all that upstream says."),
    "catalog_flaw": Row("The catalog's entry breaks its schema at this place; what could be read was taken.", "Nothing, where the models that you need are there."),
    "guessed_wire": Row("The catalog does not say which wire the provider speaks.", "`kimi provider test ALIAS` tells; `kimi provider add --type WIRE --base-url URL --as NAME` names another."),
    "vertexai": Row("Kimi Code accepts the type vertexai but refuses its prompts.", 'type = "google-genai", with GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION in its env table.'),
    "skipped_models": Row("Models were left out, which the catalog marks as no chat models, retired, or without what Kimi Code needs.", "Nothing; with --json `skipped` has each and why."),
    "registry_flaw": Row("An entry of the registry has a flaw.", "`kimi provider registry validate URL` has all of them; tell those who publish it."),
    "unread": Row("The registry now has the entry of an earlier import in a form that cannot be read; it stays as it is.", "Tell those who publish the registry; `kimi provider remove ID` where it is to go."),
    "alias_collision": Row("Two providers of the registry make the same alias, and the last one keeps it.", "Import one of them with --only ID."),
    "picked": Row("Only some providers of the registry were imported; Kimi Code's start-up does not add the rest.", "Import it without --only to take all."),
    "whole": Row("The registry had been imported whole, and stays so whatever --only says.", "`kimi provider remove ID` of its providers first, to pick some."),
    "env_hint": Row("The registry names a variable for the key of a provider: a hint, which is never followed by itself.", "Import again with --api-key-env NAME to use it."),
    "own_key": Row("The registry's token replaced a provider's own key, as Kimi Code does when it starts.", "`kimi provider undo`, then import with --api-key-env NAME."),
    "token_refused": Row("The registry refused one of several tokens in the file, and another was taken.", "`kimi provider key ID` gives the new one to those that hold the old."),
    "base_url_doubtful": Row("The base_url looks wrong for its wire.", "Correct it as the message says, or test it: `kimi provider test ALIAS`."),
    "placeholder_key": Row("A word was written as the key of a server that asks for none: Kimi Code wants one.", "Nothing; `kimi provider key ID` where the server does ask."),
    "context_unknown": Row("The endpoint's list does not say how large the context is; a small one was written.", "Say it with --only ID:CONTEXT, or --model ID:CONTEXT."),
    "left_out": Row("Something of another tool's provider has no place in config.toml.", "The message names it; set it by hand where it matters."),
    "key_unset": Row("The key is read from a variable that is not set.", "Export it where Kimi Code is started, or repeat with --with-keys."),
    "key_differs": Row("The key is read from a variable that holds another one than the tool has.", "Mean it, or repeat with --with-keys."),
    "untried": Row("The new key was not tried: the provider has no model to ask.", "`kimi provider test ALIAS` once it has one."),
    "tried": Row("What the trial of the new key came to, where it was more than a plain yes.", "`kimi provider test --provider ID` says more."),
    "still_there": Row("The old key still stands in places that are not this provider's.", "Change them with `kimi provider key ID` of their own, or by hand."),
    "registry_token": Row("A registry's token stays beside the new key: Kimi Code asks the registry with it.", "`kimi provider key ID --to-env NAME` keeps a key of its own."),
    "in_backups": Row("Earlier versions of the file, which are kept for undo, still hold the old key.", "Revoke it where it was issued, or delete the folder."),
    "headers": Row("No variable carries the provider's custom_headers.", "KIMI_CODE_CUSTOM_HEADERS, a header a line."),
    "settings": Row("No variable carries these settings of the alias.", "Run Kimi Code with the file where they matter."),
    "effort": Row("Without the file Kimi Code would think with another effort.", "Set KIMI_MODEL_THINKING_EFFORT."),
    "key_left_out": Row("The key stands in the file and was not printed.", "--show-key prints it; `kimi provider key ID --to-env NAME` takes it out of the file."),
    "shell_parameters": Row("Exported variables change what Kimi Code asks of every model; the test leaves them out.", "Unset them, or mean them."),
    "shell_headers": Row("Exported variables hold headers that Kimi Code sends too; the test leaves them out.", "Unset them, or mean them."),
    "small_context": Row("Kimi Code's first prompt alone does not fit into max_context_size.", "Choose another model, or start a local server with a larger context."),
    "tight_context": Row("max_output_size leaves too little of the context for Kimi Code's first prompt.", "Write a smaller one."),
    "retried": Row("Only a later attempt was answered.", "Test again later; -j 1 asks one at a time."),
    "no_usage": Row("The server reports no usage: Kimi Code counts the tokens by itself.", "Nothing."),
    "no_finish_reason": Row("The stream ended without a finish reason, which Kimi Code does not mind.", "Nothing."),
    "odd_finish": Row("The finish reason is one of a failure or a limit; Kimi Code takes what came for the answer.", "`kimi provider test ALIAS --full`, to see whether it stays so."),
    "blank_answer": Row("The answer is nothing but white space.", "Test again; if it stays so, choose another model."),
    "reasoning_key": Row("The reasoning comes under a name that Kimi Code does not show.", "Write it as reasoning_key in the alias."),
    "left_open": Row("The server keeps the connection open after its answer, and Kimi Code waits for its end.", "Report it to those who run the endpoint."),
}  # fmt: skip

GROUPS = {
    "a command ends with (`code` with --json)": COMMANDS,
    "a test finds (`error.kind`)": TESTS,
    "doctor finds (`code`)": FINDINGS,
    "registry validate finds (`code`)": REGISTRY,
    "stands beside a result (`code` of its `notes`)": NOTES,
}


def row(code: str) -> Row | None:
    """The row of a code, whoever says it; None where there is none."""
    return next((rows[code] for rows in GROUPS.values() if code in rows), None)
