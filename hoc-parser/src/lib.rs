//! hoc templates: lexer, grammar, and an evaluator that builds cells through a host
