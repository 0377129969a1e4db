package io.raftlessons.docs;

/** A page asks for something that is not there, or asks in a way that nobody understands. */
final class DocsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DocsException(String message) {
    super(message);
  }
}
