package io.raftlessons.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.raftlessons.course.trace.About;
import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.SimTraces;
import io.raftlessons.course.trace.TracePage;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.script.MembershipTraces;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.replication.script.ReplicationTraces;
import io.raftlessons.replication.sim.ReplicationScenario;
import io.raftlessons.script.ElectionTraces;
import io.raftlessons.sim.BrokenParts;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.snapshots.SnapshotTraces;
import io.raftlessons.wire.Envelope.BodyCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The trace page in Chromium, opened from disk as who is sent one opens it. */
class TracePageBrowserTest {
  private static final List<String> CHROMIUMS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private static Playwright playwright;
  private static Browser browser;

  private final List<String> complaints = new ArrayList<>();
  private BrowserContext context;
  private Page page;

  /** One that is installed; else the one that Playwright brings. */
  @BeforeAll
  static void start() {
    Optional<String> installed =
        Optional.ofNullable(System.getenv("CHROMIUM"))
            .or(() -> CHROMIUMS.stream().filter(path -> Files.exists(Path.of(path))).findFirst());
    Map<String, String> environment = new LinkedHashMap<>(System.getenv());
    installed.ifPresent(path -> environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    BrowserType.LaunchOptions options =
        new BrowserType.LaunchOptions().setArgs(List.of("--no-sandbox", "--disable-gpu"));
    installed.ifPresent(path -> options.setExecutablePath(Path.of(path)));
    browser = playwright.chromium().launch(options);
  }

  @AfterAll
  static void stop() {
    browser.close();
    playwright.close();
  }

  @BeforeEach
  void openContext() {
    open(ColorScheme.LIGHT, 1500, 900);
  }

  private void open(ColorScheme scheme, int width, int height) {
    context =
        browser.newContext(
            new Browser.NewContextOptions().setColorScheme(scheme).setViewportSize(width, height));
    page = context.newPage();
    page.onConsoleMessage(message -> complaints.add(message.type() + ": " + message.text()));
    page.onPageError(complaints::add);
    page.onRequest(
        request -> {
          if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) {
            complaints.add("asks for " + request.url());
          }
        });
  }

  @AfterEach
  void nothingWentWrong() {
    context.close();
    assertThat(complaints).isEmpty();
  }

  private static Path written(LessonTraces traces, String name, String of) throws IOException {
    LessonTraces.Shown shown = traces.scenario(of);
    return TracePage.write(shown.recording(), About.ofScenario(name, traces.lesson(), shown));
  }

  private void show(Path file, String fragment) {
    page.navigate(file.toUri() + fragment);
  }

  private void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
  }

  private String where() {
    return page.textContent("#where");
  }

  private static Path failing() {
    Replication.Factory hasty =
        (config, bounds, log, electorate, gate, clock) ->
            BrokenParts.changed(
                Replication.class,
                new ReferenceReplication(config, bounds, log, electorate, gate, clock),
                step -> BrokenParts.sendingNow(step, BodyCase.APPEND_ENTRIES_REPLY));
    SimBatch batch =
        new SimBatch(
            new ReplicationScenario(ReferenceElection::new, hasty, ReferenceReads::new),
            "./mvnw -Dsim.seed=%d",
            line -> {},
            failed -> SimTraces.keep("lesson-02-replication", "HastyTest", failed));
    AssertionError failure =
        catchThrowableOfType(AssertionError.class, () -> batch.run(6, 1, 0, System::nanoTime));
    String line =
        String.valueOf(failure.getMessage())
            .lines()
            .filter(text -> text.startsWith("trace: "))
            .findFirst()
            .orElseThrow();
    return Path.of(line.substring("trace: ".length(), line.indexOf('#')));
  }

  @Test
  void aFailedRunOpensAtItsViolation() {
    show(failing(), "");
    assertThat(page.textContent("h1")).startsWith("✗ DurableBeforePromised:");
    assertThat(page.textContent("#right")).contains("✗ DurableBeforePromised");
    assertThat(page.locator("#win .badrow").count()).isEqualTo(1);
    assertThat(page.textContent("#repro")).startsWith("./mvnw -Dsim.seed=6");
    String violation = where();
    page.keyboard().press("Home");
    assertThat(where()).startsWith("#0 of ");
    page.keyboard().press("v");
    assertThat(where()).isEqualTo(violation);
    picture("failure");
    page.click("#copy");
    assertThat(page.textContent("#copy")).isIn("Copied", "Press Ctrl+C");
    page.keyboard().press("c");
    assertThat(page.getAttribute("#past", "aria-pressed")).isEqualTo("true");
    int past = Integer.parseInt(page.textContent("#count").split(" ")[0]);
    page.keyboard().press("c");
    picture("failure-past");
    assertThat(past).isPositive();
  }

  @Test
  void keysStepThroughAnElection() throws IOException {
    show(written(new ElectionTraces(), "election", "election"), "");
    picture("election");
    String first = where();
    page.keyboard().press("ArrowDown");
    assertThat(where()).isNotEqualTo(first);
    assertThat(page.textContent("#live")).startsWith("Step ");
    page.keyboard().press("k");
    assertThat(where()).isEqualTo(first);
    page.keyboard().press("/");
    page.keyboard().type("type:RequestVoteReply");
    assertThat(page.textContent("#count")).contains(" of ");
    assertThat(page.locator("#win .hit").count()).isBetween(1, 6);
    int filtered = page.locator("#win .hit").count();
    page.keyboard().press("Escape");
    assertThat(page.locator("#win .hit").count()).isGreaterThan(filtered);
    page.evaluate("location.hash = '#22'");
    page.waitForFunction("document.getElementById('where').textContent.startsWith('#22 ')");
    assertThat(page.textContent("#left")).contains("★ leader");
    page.keyboard().press("[");
    assertThat(where()).doesNotStartWith("#22 ");
    page.keyboard().press("]");
    assertThat(where()).startsWith("#22 ");
    page.keyboard().press("1");
    assertThat(page.locator("#heads .head").count()).isEqualTo(2);
    page.keyboard().press("1");
    page.keyboard().press("p");
    assertThat(page.textContent("#win")).contains("What happens next?");
    page.keyboard().press("p");
    page.keyboard().press("?");
    assertThat(page.isVisible("#keys")).isTrue();
    picture("election-keys");
  }

  @Test
  void aLinkOpensAStep() throws IOException {
    show(written(new ReplicationTraces(), "figure8", "figure8"), "#90");
    assertThat(where()).startsWith("#90 of ");
    assertThat(page.locator("#left .logs td.e").count()).isGreaterThan(4);
    picture("figure8");
    page.keyboard().press("d");
    assertThat(page.getAttribute("html", "data-theme")).isEqualTo("dark");
    picture("figure8-dark");
  }

  @Test
  void darkAndNarrow() throws IOException {
    context.close();
    open(ColorScheme.DARK, 700, 1000);
    show(written(new MembershipTraces(), "single-server-2015", "two-majorities"), "#70");
    assertThat(page.getAttribute("html", "data-theme")).isEqualTo("dark");
    picture("single-server-2015-narrow");
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
  }

  @Test
  void theWholeOfALongerRunIsDrawnWindowByWindow() throws IOException {
    Path file =
        SimTraces.write(
            "lesson-04-snapshots",
            "SnapshotSimulationTest",
            new SnapshotTraces().simulation(),
            2,
            "./mvnw");
    show(file, "");
    page.keyboard().press("h");
    assertThat(page.evaluate("rows.length === EV.length")).isEqualTo(true);
    assertThat((int) page.evaluate("document.querySelectorAll('#win .hit').length"))
        .isBetween(10, 120);
    page.keyboard().press("End");
    assertThat(page.evaluate("$('scroll').scrollTop > 1000")).isEqualTo(true);
    picture("snapshots");
  }

  /** The state that the page puts together is the one that was recorded. */
  @Test
  void everyStepOfASnapshotsTransfer() throws IOException {
    LessonTraces.Shown shown = new SnapshotTraces().scenario("snapshot-over-conflicting-log");
    show(
        TracePage.write(
            shown.recording(), About.ofScenario("snapshot", "lesson-04-snapshots", shown)),
        "");
    for (int step = 0; step < shown.recording().size(); step++) {
      page.keyboard().press("ArrowDown");
    }
    page.keyboard().press("End");
    assertThat(page.textContent("#left")).contains("snapshot 7:3");
    picture("snapshot-over-conflicting-log");
  }
}
