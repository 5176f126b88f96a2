"""Earlier tests of each alias: kept on this machine, and drawn in characters."""
