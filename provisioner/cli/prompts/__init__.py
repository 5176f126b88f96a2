"""Questions on a terminal: what the wizard and the provider manager are made of.

Import from here lazily: all of it but :mod:`~provisioner.cli.prompts.look` loads prompt_toolkit (a quarter of a
second).

- :mod:`~provisioner.cli.prompts.look`: what the terminal can do. ``Look.of(env, sys.stdout)``; ``look.plain`` means no
  cursor movement, ``look.symbols`` has the pointer and the boxes with their ASCII stand-ins.
- :mod:`~provisioner.cli.prompts.style`: the colours by meaning, ``style(look)`` for an Application.
- :mod:`~provisioner.cli.prompts.width`: ``width``, ``cut`` and ``fit`` measure in cells, not in characters.
- :mod:`~provisioner.cli.prompts.list_state`: ``ListRow``, ``Column`` and ``Listing``, the state of a list with filter, cursor and marks;
  no terminal in it.
- :mod:`~provisioner.cli.prompts.table_layout`: ``TableLayout`` cuts rows into columns for a width, as styled text; cleans what it
  shows.
- :mod:`~provisioner.cli.prompts.control`: ``ListControl(listing, table, look)`` for a prompt_toolkit ``Window``; it draws the
  visible rows only, so a list of thousands costs what a list of twenty does.
- :mod:`~provisioner.cli.prompts.asking`: what asks: ``one``, ``many``, ``text``, ``secret``, ``review``.
  Each returns the answer, raises ``Back`` on Esc and ``KeyboardInterrupt`` on Ctrl-C, and leaves nothing on the
  screen. Where ``look.plain`` holds it asks in numbered lines, as a screen reader can follow.
- :mod:`~provisioner.cli.prompts.choose`: ``prompts(look)`` gives the one for this terminal.
- :mod:`~provisioner.cli.prompts.echo`: ``unechoed()`` around a conversation keeps early keys off the screen.
"""
