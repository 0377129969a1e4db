package io.raftlessons.cluster.config;

/** Writes {@code docs/configuration.md}. */
public final class ConfigDocs {
  private static final String SECRETS =
      """

      What has no flag is a secret: everybody on a machine can see the arguments of its processes. It comes from \
      the environment or from the configuration file, which nobody else should be able to read \
      (`chmod 600`). No message shows it.
      """;

  private static final String SNAPSHOTS =
      """

      ## Snapshots in S3

      With `worker.snapshots.aws-endpoint-url` not set, `cluster up` runs an S3 server on `127.0.0.1`, at \
      `s3-port`, which keeps its objects below the data directory. It knows one user, \
      `minio-root-user` with `minio-root-password`; if they are not set, they are made up at the first start \
      and kept in a file of mode 600.

      Any other store takes its address, for example `https://s3.eu-central-1.amazonaws.com`, the \
      region, and the keys of a user who may list, read, write and delete in the bucket. Without keys here the AWS SDK \
      looks for `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, then in `~/.aws/credentials`, then for \
      a role of the machine. The bucket must be there, and its store must know conditional writes \
      (`If-None-Match`, `If-Match`).
      """;

  private ConfigDocs() {}

  /** The whole page. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration of the cluster

            This page is generated from `io.raftlessons.cluster.config.Settings`; a test compares it.

            A value comes from, in rising order of precedence: the default, the configuration file, the environment, \
            the flags of `cluster up`.
            The configuration file is a Java properties file in UTF-8 whose keys are the names below, \
            for example `election-timeout = 300ms`. A key that does not exist is an error.
            An empty environment variable counts as not set. Times are written `150ms`, `2s`, `1m`; sizes `64k`, `256m`, `2g`.

            | name and flag | environment variable | default | value | meaning |
            |---|---|---|---|---|
            """);
    for (Setting setting : Settings.ALL) {
      page.append("| `")
          .append(setting.secret() ? setting.name() + "` (no flag)" : setting.flag() + "`")
          .append(" | `")
          .append(setting.variable())
          .append("` | ")
          .append(setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`")
          .append(" | ")
          .append(setting.type().describe())
          .append(" | ")
          .append(setting.description())
          .append(" |\n");
    }
    return page.append(SECRETS).append(reads()).append(SNAPSHOTS).toString();
  }

  private static String reads() {
    StringBuilder section =
        new StringBuilder(
            """

            ## Reads

            A service's handler that only reads puts nothing into the log, unless it is called with an \
            idempotency key. `reads` says who answers it (thesis, section 6.4):

            | `reads` | answered by | promise |
            |---|---|---|
            """);
    for (Reads reads : Reads.values()) {
      section.append(
          "| `%s` | %s | %s |\n".formatted(reads.label(), reads.answeredBy(), reads.promise()));
    }
    section.append(
        """

        If nodes are set differently, each goes by its own setting for its own clients. But a leader \
        that is set to `lease` answers by lease whatever is sent to it, and any other asks a majority.
        """);
    return section.toString();
  }
}
