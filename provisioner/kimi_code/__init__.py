"""What Kimi Code 2.1.0 makes of config.toml: pure functions of the parsed file and the environment.

:class:`~provisioner.kimi_code.view.View` is the door. Every rule was tried on the program itself
(``tests/peer/compare_view.py`` tries them again); no other part of this project judges such a field by itself.
"""
