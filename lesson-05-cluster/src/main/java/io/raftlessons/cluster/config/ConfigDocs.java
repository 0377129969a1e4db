package io.raftlessons.cluster.config;

/** Writes {@code docs/configuration.md}. */
public final class ConfigDocs {
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
          .append(setting.flag())
          .append("` | `")
          .append(setting.variable())
          .append("` | ")
          .append(setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`")
          .append(" | ")
          .append(setting.type().describe())
          .append(" | ")
          .append(setting.description())
          .append(" |\n");
    }
    return page.append(reads()).toString();
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
