package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.EdgeReason;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;

/** The page, in a real browser. Screenshots are kept in {@code target/screenshots}, to be looked at. */
@DisplayName("The page of a run")
class RegionReportTest {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    static Path folder;

    private static Browser browser;
    private static Path small;
    private static Path large;

    @BeforeAll
    static void write() throws IOException {
        browser = new Browser();
        Files.createDirectories(SCREENSHOTS);
        small = report("small.html", Recordings.simulated(1, 400, 4));
        large = report("large.html", Recordings.simulated(2, 50_000, 8));
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void likeNew() {
        browser.prefers("light");
        browser.window(1400, 1000);
        browser.console();
        browser.requests();
    }

    private static Path report(String name, RunRecording recording) throws IOException {
        Path file = folder.resolve(name);
        RegionReport.of(recording).writeTo(file);
        return file;
    }

    private static String range() {
        browser.drawn();
        return browser.text("#timeline-range");
    }

    private static List<String> columnOfRows(int column) {
        return browser.all("#table-pane .row > :nth-child(" + column + ")").stream()
                .map(WebElement::getText)
                .toList();
    }

    @Test
    @DisplayName("loads without an error, and asks for nothing but itself")
    void loads() throws IOException {
        browser.openReport(small);

        assertThat(browser.console()).isEmpty();
        assertThat(browser.requests()).allSatisfy(url -> assertThat(url).matches("file://.*small\\.html|data:,"));
        assertThat(browser.text("h1")).isEqualTo("simulated run of seed 1");
        assertThat(browser.text("#tasks-count")).isEqualTo("400 tasks");
        assertThat(browser.text("#summary")).contains("Duration", "Work", "Span", "Parallelism");
        browser.screenshotOfAll(SCREENSHOTS.resolve("desktop-light.png"));
    }

    @Test
    @DisplayName("says what the Java classes say: the critical path, the span, how many tasks and edges")
    void figures() {
        RunRecording recording = Recordings.simulated(1, 400, 4);
        CriticalPath path = CriticalPath.of(recording);

        browser.openReport(small);

        assertThat(browser.text("#critical-text"))
                .startsWith(path.tasks().size() + " tasks decided how long the run took: "
                        + GraphLabels.duration(path.nanos()) + ", of which " + GraphLabels.duration(path.running()));
        assertThat(browser.text("#summary"))
                .contains(
                        GraphLabels.duration(path.span()),
                        GraphLabels.duration(path.work()),
                        "" + recording.edgeCount());
        browser.find("#critical-summary").click();
        browser.await("document.querySelectorAll('#critical-steps tbody tr').length === "
                + path.tasks().size());
        assertThat(browser.text("#critical-steps tbody tr:last-child"))
                .startsWith(path.tasks().get(path.tasks().size() - 1).name());
        Percentiles ran = new Percentiles();
        for (int id = 0; id < recording.taskCount(); id++) {
            if (!recording.barrier(id)) {
                ran.add(recording.task(id).ran());
            }
        }
        assertThat(browser.text("#percentile-table tbody tr:last-child"))
                .isEqualTo("Running " + ran.count() + " "
                        + String.join(
                                " ",
                                ran.summary().stream()
                                        .map(GraphLabels::duration)
                                        .toList()));
    }

    @Test
    @DisplayName("is used by keyboard: the timeline zooms, moves and goes from task to task")
    void keyboardInTheTimeline() {
        browser.openReport(small);
        String whole = range();

        browser.press("t");
        assertThat(browser.script("return document.activeElement.id")).isEqualTo("lanes");
        browser.press("+", "+");
        String zoomed = range();
        browser.press(Keys.ARROW_RIGHT);
        String moved = range();
        browser.press("-", "-", "-");
        String out = range();
        browser.press("+", "0");
        String fit = range();

        assertThat(zoomed).isNotEqualTo(whole);
        assertThat(moved).isNotEqualTo(zoomed);
        assertThat(out).isEqualTo(whole);
        assertThat(fit).isEqualTo(whole);
        browser.press(Keys.ENTER);
        String first = browser.text("#details h2");
        browser.press(".");
        String second = browser.text("#details h2");
        browser.press(",");
        assertThat(browser.text("#details h2")).isEqualTo(first).isNotEqualTo(second);
        browser.press(Keys.ARROW_DOWN);
        assertThat(browser.text("#details h2")).isNotEqualTo(first);
        assertThat(browser.text("#announce")).contains(", ran ");
        browser.press(Keys.ENTER);
        assertThat(range()).isNotEqualTo(whole);
        browser.press(Keys.ESCAPE);
        assertThat(browser.find("#details").isDisplayed()).isFalse();
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @DisplayName(
            "is used by mouse: the timeline is dragged, zoomed by the wheel, and a click selects a task or lets go of it")
    void mouseInTheTimeline() {
        browser.openReport(small);
        String whole = range();
        browser.script("document.getElementById('timeline').scrollIntoView()");
        WebElement lanes = browser.find("#lanes");

        new Actions(browser.driver)
                .keyDown(Keys.CONTROL)
                .scrollFromOrigin(WheelInput.ScrollOrigin.fromElement(lanes), 0, -300)
                .keyUp(Keys.CONTROL)
                .perform();
        browser.await("document.getElementById('timeline-range').textContent !== '" + whole + "'");
        String zoomed = range();
        new Actions(browser.driver).dragAndDropBy(lanes, 150, 0).perform();
        browser.await("document.getElementById('timeline-range').textContent !== '" + zoomed + "'");
        assertThat(browser.find("#details").isDisplayed())
                .as("a drag is no click")
                .isFalse();
        browser.find("#zoom-fit").click();
        assertThat(range()).isEqualTo(whole);

        int lowest = lanes.getSize().getHeight() / 2 - 10;
        new Actions(browser.driver).moveToElement(lanes, -100, lowest).perform();
        browser.await("!document.getElementById('tip').hidden");
        String pointedAt = browser.text("#tip").lines().findFirst().orElseThrow();
        new Actions(browser.driver).moveToElement(lanes, -100, lowest).click().perform();
        assertThat(browser.text("#details h2")).isEqualTo(pointedAt);
        browser.find("#details button").click();
        assertThat(browser.find("#details").isDisplayed()).isFalse();
        browser.press("c");
        assertThat(browser.find("#show-critical").getAttribute("aria-pressed")).isEqualTo("true");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @DisplayName("is used by keyboard: the table is searched, sorted and walked through")
    void keyboardInTheTable() {
        browser.openReport(small);

        browser.press("/", "parse file-1");
        browser.await("document.getElementById('tasks-count').textContent.includes(' of ')");
        assertThat(columnOfRows(1)).isNotEmpty().allMatch(name -> name.contains("parse file-1"));
        browser.press(Keys.ENTER, Keys.HOME, Keys.ARROW_DOWN, Keys.ENTER);
        String selected = browser.text("#details h2");

        assertThat(selected).contains("parse file-1");
        assertThat(browser.all("#table-pane .row[aria-selected=true]")).hasSize(1);
        assertThat(browser.text("#table-pane .row[aria-selected=true]")).contains(selected);
        WebElement ran = browser.find("#table-head [role=columnheader]:nth-child(7)");
        ran.findElement(By.tagName("button")).sendKeys(Keys.ENTER);
        assertThat(ran.getAttribute("aria-sort")).isEqualTo("descending");
        ran.findElement(By.tagName("button")).sendKeys(Keys.SPACE);
        assertThat(ran.getAttribute("aria-sort")).isEqualTo("ascending");
        assertThat(browser.find("#table").getAttribute("aria-rowcount"))
                .isEqualTo(String.valueOf(
                        1 + Integer.parseInt(browser.text("#tasks-count").replaceAll(" of .*", ""))));
    }

    @Test
    @DisplayName("sorts by what a column says, either way")
    void sorts() {
        RunRecording recording = Recordings.simulated(1, 400, 4);
        String longest = null;
        long most = -1;
        for (int id = 0; id < recording.taskCount(); id++) {
            if (recording.task(id).ran() > most) {
                most = recording.task(id).ran();
                longest = recording.name(id);
            }
        }
        browser.openReport(small);

        browser.find("#table-head [role=columnheader]:nth-child(7) button").click();
        String first = columnOfRows(1).get(0);
        browser.find("#table-head [role=columnheader]:nth-child(1) button").click();
        List<String> byName = columnOfRows(1);

        assertThat(first).endsWith(longest);
        assertThat(byName.get(0)).endsWith("barrier");
        assertThat(byName).anyMatch(name -> name.endsWith("commit"));
    }

    @Test
    @DisplayName("shows of a task what it waited for, and leads there, and to it in the graph")
    void details() throws IOException {
        browser.openReport(small);
        browser.press("/", "merge 3/0");
        browser.await("document.getElementById('tasks-count').textContent.startsWith('1 of')");
        browser.press(Keys.ENTER, Keys.ENTER);

        assertThat(browser.text("#details h2")).isEqualTo("merge 3/0");
        assertThat(browser.text("#details")).contains("merge 2/0", "merge 2/1", "merge 4/0", "argument", "bulk region");
        browser.all("#details .actions button").get(1).click();
        browser.await("document.querySelectorAll('#graph-box .node.selected').length === 1");
        assertThat(browser.text("#graph-box .node.selected")).contains("merge 3/0");
        browser.screenshot(SCREENSHOTS.resolve("around-a-task.png"));
        browser.all("#details ul button").get(0).click();
        assertThat(browser.text("#details h2")).startsWith("merge 2/");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @DisplayName("has a graph whose nodes are reached by keyboard, and show their tasks in the table")
    void graph() {
        browser.openReport(small);

        browser.script("document.querySelector('#graph-box .node').focus()");
        browser.press(Keys.ARROW_DOWN);
        assertThat(browser.script("return document.activeElement.getAttribute('aria-label')")
                        .toString())
                .contains("merge");
        browser.press(Keys.ENTER);
        browser.await("document.getElementById('tasks-count').textContent.includes(', of merge')");

        assertThat(columnOfRows(1)).isNotEmpty().allMatch(name -> name.contains("merge"));
        browser.find("#clear-filter").click();
        assertThat(browser.text("#tasks-count")).isEqualTo("400 tasks");
    }

    @Test
    @DisplayName("is dark where the system is, unless somebody chooses otherwise, and readable in both")
    void dark() throws IOException {
        browser.prefers("dark");
        browser.openReport(small);

        assertThat(background()).isLessThan(60);
        assertThat(contrast("#critical-text", ".card")).isGreaterThan(4.5);
        assertThat(contrast(".hint", ".card")).isGreaterThan(4.5);
        browser.screenshotOfAll(SCREENSHOTS.resolve("desktop-dark.png"));
        browser.prefers("light");
        browser.await("document.documentElement.dataset.theme === 'light'");
        assertThat(background()).isGreaterThan(200);
        assertThat(contrast(".hint", ".card")).isGreaterThan(4.5);
        browser.find("#theme").click();
        browser.find("#theme").click();
        assertThat(browser.text("#theme")).isEqualTo("Theme: dark");
        assertThat(background()).isLessThan(60);
    }

    private static long background() {
        return (Long)
                browser.script(
                        "return Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number))");
    }

    /** The contrast ratio of the Web Content Accessibility Guidelines, 2.1. */
    private static double contrast(String text, String ground) {
        return ((Number) browser.script("""
                        const luminance = (colour) => colour.match(/\\d+/g).slice(0, 3).map((c) => c / 255)
                            .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
                        const a = luminance(getComputedStyle(document.querySelector(arguments[0])).color);
                        const b = luminance(getComputedStyle(document.querySelector(arguments[1])).backgroundColor);
                        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                        """, text, ground)).doubleValue();
    }

    @Test
    @DisplayName("fits a phone: nothing is wider than the screen, and what is to be touched is large enough")
    void phone() throws IOException {
        browser.viewport(390, 844, true);
        browser.openReport(small);

        assertThat((Long) browser.script("return document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(390);
        assertThat(
                        (Long)
                                browser.script(
                                        "return Math.min(...[...document.querySelectorAll('button:not(.link), select, input')]"
                                                + ".filter((e) => e.offsetParent).map((e) => Math.round(e.getBoundingClientRect().height)))"))
                .isGreaterThanOrEqualTo(32);
        browser.screenshotOfAll(SCREENSHOTS.resolve("phone.png"));
        browser.script("document.querySelector('#table-pane .row').click()");
        assertThat(browser.find("#details").isDisplayed()).isTrue();
        browser.script("document.getElementById('timeline').scrollIntoView()");
        browser.screenshot(SCREENSHOTS.resolve("phone-details.png"));
    }

    @Test
    @DisplayName("of 50,000 tasks loads, answers a search, sorts, zooms and scrolls")
    void large() throws IOException {
        long start = System.nanoTime();
        browser.openReport(large);
        System.out.printf(
                "a page of 50,000 tasks: %,d bytes, open and drawn after %,d ms%n",
                Files.size(large), (System.nanoTime() - start) / 1_000_000);

        assertThat(browser.text("#tasks-count")).isEqualTo("50,000 tasks");
        assertThat(browser.all("#table-pane .row")).hasSizeLessThan(100);
        browser.press("/", "row 4999");
        browser.await("/^\\d+ of 50,000 tasks$/.test(document.getElementById('tasks-count').textContent)");
        assertThat(columnOfRows(1)).isNotEmpty().allMatch(name -> name.contains("row") && name.contains("4999"));
        browser.find("#clear-filter").click();
        browser.find("#table-head [role=columnheader]:nth-child(8) button").click();
        browser.find("#table-body").click();
        browser.press(Keys.END);
        assertThat(browser.all("#table-pane .row.active")).hasSize(1);
        assertThat(browser.find("#table-pane .row.active").getAttribute("aria-rowindex"))
                .isEqualTo("50001");
        browser.press("t", "+", "+", "+", Keys.ARROW_RIGHT);
        assertThat(range()).doesNotStartWith("0 ns");
        List<?> frames = (List<?>) browser.driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1], canvas = document.getElementById('lanes'), times = [];
                let left = 40;
                const frame = () => {
                  const begin = performance.now();
                  canvas.dispatchEvent(new KeyboardEvent('keydown', { key: left % 2 ? '+' : '-' }));
                  requestAnimationFrame(() => { times.push(performance.now() - begin); if (--left) frame(); else done(times); });
                };
                canvas.dispatchEvent(new KeyboardEvent('keydown', { key: '0' }));
                requestAnimationFrame(frame);
                """);
        System.out.printf(
                "a frame of its timeline, all of it in sight: %.0f ms at the median%n",
                frames.stream()
                        .mapToDouble(frame -> ((Number) frame).doubleValue())
                        .sorted()
                        .skip(frames.size() / 2)
                        .findFirst()
                        .orElseThrow());
        assertThat(browser.console()).isEmpty();
        browser.screenshotOfAll(SCREENSHOTS.resolve("large.png"));
    }

    @Test
    @DisplayName("takes no name for markup, script, or the end of its data")
    void hostileNames() throws IOException {
        String hostile =
                "</script><script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\">@DATA@ & \u2028 \"";
        RunRecording.Builder run = new RunRecording.Builder("<b>" + hostile + "@SCRIPT@", Instant.now());
        int region = run.region(RecordedRegion.NONE, hostile, hostile, 0);
        int before = -1;
        for (int i = 0; i < 3; i++) {
            int task = run.task(hostile, false, region, 0);
            run.launched(task, 0);
            run.ready(task, 0);
            run.started(task, 10 + i, run.worker(hostile));
            run.finished(task, 1_000 + i);
            run.state(task, TaskState.FAILED);
            if (before >= 0) {
                run.edge(before, task, EdgeReason.REQUIRES, false, region);
            }
            before = task;
        }
        Path file = report("hostile.html", run.snapshot(2_000, 0, 0));

        browser.openReport(file);
        browser.script("document.querySelector('#table-pane .row').click()");

        assertThat(browser.text("h1")).startsWith("<b></script><script>");
        assertThat(browser.script("return document.title").toString()).startsWith("<b></script>");
        assertThat(browser.text("#details h2")).startsWith("</script><script>");
        assertThat(browser.all("img")).isEmpty();
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @DisplayName("of no tasks, and of tasks in every state, says so and loads without an error")
    void odd() throws IOException {
        Path empty = report("empty.html", new RunRecording.Builder("nothing", Instant.now()).snapshot(0, 0, 0));
        RunRecording.Builder run = new RunRecording.Builder("every state", Instant.now());
        int worker = run.worker("worker 1");
        for (TaskState state : TaskState.values()) {
            int task = run.task(state.name().toLowerCase(Locale.ROOT), false, RecordedRegion.NONE, 0);
            run.state(task, state);
            if (state != TaskState.UNLAUNCHED && state != TaskState.ABANDONED) {
                run.launched(task, 10);
            }
            if (state == TaskState.RUNNING || state == TaskState.SUCCEEDED || state == TaskState.FAILED) {
                run.ready(task, 20);
                run.started(task, 100L * task, worker);
            }
            if (state.isCompleted()) {
                run.finished(task, 100L * task + 90);
            }
        }
        Path every = report("every.html", run.snapshot(2_000, 3, 4));

        browser.openReport(empty);
        assertThat(browser.text("#table-pane")).isEqualTo("No task was recorded.");
        assertThat(browser.console()).isEmpty();
        browser.openReport(every);
        assertThat(browser.text("#notice")).contains("3 more tasks", "4 events");
        assertThat(columnOfRows(2)).hasSize(TaskState.values().length).doesNotHaveDuplicates();
        assertThat(browser.console()).isEmpty();
        browser.screenshotOfAll(SCREENSHOTS.resolve("every-state.png"));
    }
}
