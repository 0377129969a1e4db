package io.raftlessons.cluster.config;

import io.raftlessons.cluster.config.ValueType.Text;
import io.raftlessons.cluster.config.ValueType.Whole;
import java.util.List;
import java.util.regex.Pattern;

/** The settings of snapshots, and of the S3 store that they go to. */
final class SnapshotSettings {
  static final Setting DESTINATION =
      Setting.of(
          "worker.snapshots.destination",
          "s3://raft/snapshots",
          SnapshotDestination.TYPE,
          "Where snapshots go, besides the nodes' own directories: then a whole cluster can be lost "
              + "and restored.");

  static final Setting INTERVAL =
      Setting.of(
          "worker.snapshots.snapshot-interval-num-records",
          "1000",
          new Whole("a number", 1, 1_000_000_000),
          "After how many records the leader takes a snapshot.");

  static final Setting NUM_RETAINED =
      Setting.of(
          "worker.snapshots.num-retained",
          "2",
          new Whole("a number", 1, 100),
          "How many snapshots are kept at the destination. The log is kept from the oldest on.");

  static final Setting ENDPOINT_URL =
      Setting.of(
          "worker.snapshots.aws-endpoint-url",
          "",
          new Text(Pattern.compile("https?://[A-Za-z0-9.:\\[\\]_-]{1,255}/?"), "an http(s) URL"),
          "The S3 store. If it is not set, `cluster up` runs one.");

  static final Setting REGION =
      Setting.of(
          "worker.snapshots.aws-region",
          "us-east-1",
          new Text(Pattern.compile("[a-z0-9-]{1,64}"), "a region's name"),
          "The region of the bucket.");

  static final Setting ACCESS_KEY_ID =
      Setting.of(
              "worker.snapshots.aws-access-key-id",
              "",
              new Text(Pattern.compile("[\\x21-\\x7e]{3,128}"), "3 to 128 characters"),
              "Who the cluster is to the S3 store.")
          .asSecret();

  static final Setting SECRET_ACCESS_KEY =
      Setting.of(
              "worker.snapshots.aws-secret-access-key",
              "",
              new Text(Pattern.compile("[\\x21-\\x7e]{8,256}"), "8 to 256 characters"),
              "What it signs its requests with.")
          .asSecret();

  static final Setting S3_PORT =
      new Setting(
          "s3-port",
          "S3_PORT_OVERRIDE",
          "9000",
          new Whole("a port", 1, 65_535),
          "Where the S3 server listens that `cluster up` runs.");

  static final Setting ROOT_USER =
      new Setting("minio-root-user", "MINIO_ROOT_USER", "", ACCESS_KEY_ID.type(), "Its only user.")
          .asSecret();

  static final Setting ROOT_PASSWORD =
      new Setting(
              "minio-root-password",
              "MINIO_ROOT_PASSWORD",
              "",
              SECRET_ACCESS_KEY.type(),
              "The password of that user.")
          .asSecret();

  /** In the order of the documentation. */
  static final List<Setting> ALL =
      List.of(
          DESTINATION,
          INTERVAL,
          NUM_RETAINED,
          ENDPOINT_URL,
          REGION,
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          S3_PORT,
          ROOT_USER,
          ROOT_PASSWORD);

  private SnapshotSettings() {}
}
