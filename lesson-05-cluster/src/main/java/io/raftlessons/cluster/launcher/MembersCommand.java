package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.wire.Member;
import io.raftlessons.cluster.operator.wire.MemberList;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "members",
    description =
        "Shows who belongs to the cluster, and how far each has come, as its leader sees it.")
final class MembersCommand extends BaseCommand {
  MembersCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    try (OperatorClient cluster = operator(control(directory()).call("status", 0))) {
      out().print(table(cluster.members()));
      out().flush();
    }
    return 0;
  }

  private static String table(MemberList list) {
    Table table = new Table("ID", "ADDRESS", "SUFFRAGE", "MATCH", "LAG", "LAST CONTACT");
    for (Member member : list.getMembersList()) {
      boolean leads = member.getId().equals(list.getLeader());
      table.row(
          member.getId(),
          member.getAddress(),
          member.getVoter() ? "voter" : "nonvoter",
          Long.toString(member.getMatch()),
          Long.toString(member.getLag()),
          leads ? "leader" : member.getLastContactMillis() + " ms ago");
    }
    return "configuration %d, leader %s, term %d%n%n%s"
        .formatted(list.getConfigurationIndex(), list.getLeader(), list.getTerm(), table);
  }
}
