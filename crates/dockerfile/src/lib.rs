//! Dockerfile text to spanned tree to typed instructions; word expansion; .dockerignore.
