"""What breaks around a mail filter, and what must hold while it does: one module for each kind of fault."""
