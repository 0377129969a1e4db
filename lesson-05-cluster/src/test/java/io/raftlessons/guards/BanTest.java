package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.raftlessons.guards.broken.core.Allowed;
import io.raftlessons.guards.broken.core.Offences;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BanTest {
  private static final String ROOT = "io.raftlessons";
  private static final String BROKEN = "io.raftlessons.guards.broken";
  private static final JavaClasses PRODUCT = Repository.productClasses();
  private static final JavaClasses OFFENCES = new ClassFileImporter().importPackages(BROKEN);

  @ParameterizedTest
  @EnumSource
  void isKept(Ban ban) {
    ban.under(ROOT).check(PRODUCT);
  }

  @ParameterizedTest
  @EnumSource
  void isReportedWhenBroken(Ban ban) {
    List<String> report = ban.under(BROKEN).evaluate(OFFENCES).getFailureReport().getDetails();
    String offence = Offences.class.getName() + "$" + camelCase(ban.name());
    JavaClass type = OFFENCES.get(offence);
    assertThat(type.getMethods()).isNotEmpty();
    for (JavaMethod method : type.getMethods()) {
      String name = offence + "." + method.getName() + "(";
      assertThat(report).as(name).anyMatch(line -> line.contains(name));
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotReportWhatIsAllowed(Ban ban) {
    assertThat(ban.under(BROKEN).evaluate(OFFENCES).getFailureReport().getDetails())
        .noneMatch(line -> line.contains(Allowed.class.getName()));
  }

  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (String word : constant.split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
