package io.raftlessons.cluster.s3;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An {@link ObjectStore} did not do what it was asked for. */
public abstract sealed class ObjectStoreException extends IOException {
  private static final long serialVersionUID = 1L;

  private ObjectStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * The object is there, or is another one than the writer expected. Perhaps because the writer's
   * own request was sent twice: read back before concluding that somebody else was faster.
   */
  public static final class PreconditionFailed extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public PreconditionFailed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** There is no such object. */
  public static final class NotFound extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** No answer, or that the store cannot answer now. Whether a write was done is unknown. */
  public static final class Unavailable extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The request will never be granted as it is: no permission, no such bucket, too large. */
  public static final class Refused extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    public Refused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
