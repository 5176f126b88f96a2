"""One verb a file: ``run(app, request)`` returns a frozen result; nothing here prints or exits."""
