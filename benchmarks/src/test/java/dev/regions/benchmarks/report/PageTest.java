package dev.regions.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

@DisplayName("The page, in Chromium")
class PageTest {
    private static final List<String> BROWSERS = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");
    private static final String DRIVER = "/usr/bin/chromedriver";

    /**
     * Selenium has typed classes for some versions of the browser's protocol, and warns of all others; none is used
     * here.
     */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    /** The width of the paper, and of its margins in the style sheet, in pixels of a 96th of an inch. */
    private static final int A4 = 794;

    private static final int A4_MARGIN = 45;
    private static final double PIXELS_PER_POINT = 96 / 72.0;
    private static final double LEAST_POINTS = 7;

    /** The texts that are smaller than so many pixels. */
    private static final String SMALL_TEXTS = """
            return [...document.querySelectorAll('main span, main p, main td, main th, main li, main small, main .plot text')]
              .filter(part => part.textContent.trim() && part.getClientRects().length)
              .filter(part => {
                const svg = part.closest('.plot');
                const scale = svg ? svg.getBoundingClientRect().width / 380 : 1;
                return parseFloat(getComputedStyle(part).fontSize) * scale < arguments[0];
              }).map(part => part.outerHTML.slice(0, 100))""";

    @TempDir
    private static Path folder;

    private static ChromeDriver browser;

    @BeforeAll
    static void open() throws IOException {
        String found = BROWSERS.stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("");
        boolean there = !found.isEmpty() && Files.isExecutable(Path.of(DRIVER));
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("Chromium and its driver are missing, and CI must not skip this test: install the"
                    + " packages chromium and chromium-driver");
        }
        assumeTrue(there, "Chromium or its driver is missing; Debian has them as chromium and chromium-driver");
        SELENIUM.setLevel(Level.SEVERE);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of(DRIVER).toFile()) // so that Selenium looks for none, and downloads none
                .build();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(found);
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // a container's root has none
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run");
        browser = new ChromeDriver(service, options);
        Path page = folder.resolve("report.html");
        Files.writeString(page, Page.of(SampleResults.make()));
        size(1280, false);
        browser.get(page.toUri().toString());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
    }

    private static void size(int width, boolean phone) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", phone));
    }

    /** Both at once: what is not given is reset. */
    private static void media(String medium, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("media", medium, "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    @SuppressWarnings("unchecked")
    private static List<String> strings(String script, Object... arguments) {
        return (List<String>) browser.executeScript(script, arguments);
    }

    private static long number(String script, Object... arguments) {
        return ((Number) browser.executeScript("return " + script, arguments)).longValue();
    }

    @Test
    @DisplayName("Shows each part, and each workload with a bar per peer")
    void parts() {
        assertThat(browser.findElements(By.tagName("h2")))
                .extracting(WebElement::getText)
                .containsExactly(
                        "At a glance",
                        "Goals: 11 of 21 reached",
                        "Workloads",
                        "Task Bench: how small may a task be?",
                        "Latency of single tasks",
                        "Memory",
                        "How it was measured");
        assertThat(browser.findElements(By.cssSelector("#IndependentTasks .bar .name")))
                .extracting(WebElement::getText)
                .containsExactly("Regions", "CompletableFuture", "ForkJoinPool", "Virtual thread per task");
        assertThat(browser.findElement(By.tagName("header")).getText()).contains("A <processor> & more");
    }

    @Test
    @DisplayName("Draws bars as long as their figures say")
    void bars() {
        List<Long> lengths = browser.findElements(By.cssSelector("#IndependentTasks .fill")).stream()
                .map(bar -> number("Math.round(arguments[0].getBoundingClientRect().width * 100)", bar))
                .toList();

        assertThat(lengths).hasSize(4);
        assertThat(lengths.get(0) / (double) lengths.get(3)).isBetween(40 / 410.0 - 0.01, 40 / 410.0 + 0.01);
        assertThat(lengths.get(2) / (double) lengths.get(3)).isBetween(120 / 410.0 - 0.01, 120 / 410.0 + 0.01);
    }

    @Test
    @DisplayName("Draws a line per peer, inside the drawing")
    void plots() {
        List<WebElement> plots = browser.findElements(By.cssSelector("#taskbench .plot, #latency .plot"));

        assertThat(plots).hasSize(4);
        for (WebElement plot : plots) {
            assertThat(plot.findElements(By.cssSelector(".line"))).hasSize(2);
            assertThat(number("""
                            [...arguments[0].querySelectorAll('path, text, circle')].filter(part => {
                              const inner = part.getBoundingClientRect(), outer = arguments[0].getBoundingClientRect();
                              return inner.left < outer.left - 3 || inner.right > outer.right + 3
                                  || inner.top < outer.top - 3 || inner.bottom > outer.bottom + 3;
                            }).length""", plot)).as("parts that stick out").isZero();
        }
    }

    @Test
    @DisplayName("Shows how far runs and turns lie apart: an area around each line, and figures in the tables")
    void ranges() {
        List<WebElement> plots = browser.findElements(By.cssSelector("#taskbench .plot, #latency .plot"));

        for (WebElement plot : plots) {
            assertThat(plot.findElements(By.cssSelector(".line .band"))).hasSize(2);
            for (WebElement line : plot.findElements(By.cssSelector(".line"))) {
                assertThat(number("""
                                (() => {
                                  const [area, line] = arguments[0].querySelectorAll('path');
                                  const middle = line.getPointAtLength(line.getTotalLength() / 2);
                                  return area.isPointInFill(middle) ? 1 : 0;
                                })()""", line))
                        .as("the middle of the line is in the area")
                        .isOne();
            }
        }
        assertThat(browser.findElements(By.cssSelector("#taskbench td small")))
                .extracting(WebElement::getText)
                .hasSize(4)
                .allMatch(text -> text.matches("[\\d.]+–[\\d.]+ (ns|µs)"));
        assertThat(browser.findElements(By.cssSelector("#latency td small"))).hasSize(2 * (5 + 4));
        assertThat(browser.findElements(By.cssSelector("#memory .range"))).hasSize(2);
    }

    @Test
    @DisplayName("Leaves out a percentile that there are too few samples for, and says how many there are")
    void percentiles() {
        WebElement table =
                browser.findElements(By.cssSelector("#latency table")).getFirst();

        assertThat(table.findElements(By.cssSelector("tbody tr:first-child td")))
                .extracting(WebElement::getText)
                .hasSize(6)
                .endsWith("20000")
                .doesNotContain("–");
        assertThat(table.findElements(By.cssSelector("tbody tr:last-child td")))
                .extracting(WebElement::getText)
                .hasSize(6)
                .endsWith("–", "5000");
    }

    @Test
    @DisplayName("Asks the network for nothing, runs no scripts, and reports no errors")
    void selfContained() {
        assertThat(number("performance.getEntriesByType('resource').length")).isZero();
        assertThat(browser.findElements(By.cssSelector("script, link, img, iframe")))
                .isEmpty();
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }

    @Test
    @DisplayName("Fits phones, tablets and desktops: only tables scroll sideways, and no text is small")
    void widths() {
        for (int width : new int[] {360, 390, 768, 1280}) {
            size(width, width < 700);

            assertThat(number("document.documentElement.scrollWidth"))
                    .as("width of the page in a window of %d", width)
                    .isLessThanOrEqualTo(width);
            assertThat(strings(SMALL_TEXTS, 9))
                    .as("texts below 9 pixels in a window of %d", width)
                    .isEmpty();
        }
        size(1280, false);
    }

    @Test
    @DisplayName("Has a light and a dark scheme, each with contrast between text and ground")
    void schemes() {
        for (String scheme : List.of("light", "dark")) {
            media("", scheme);

            Stream.of(
                            "body",
                            ".card h3",
                            ".card > p",
                            ".bar.ours .value",
                            ".reached b",
                            ".missed b",
                            "td.r",
                            "td small",
                            ".key span")
                    .forEach(selector -> assertThat(contrast(selector))
                            .as("contrast of %s, %s", selector, scheme)
                            .isGreaterThanOrEqualTo(4.5));
        }
        media("", "light");
    }

    /** The least contrast ratio, after WCAG 2, of the elements that a selector finds. */
    private static double contrast(String selector) {
        Object least = browser.executeScript("""
                const parse = text => text.match(/[\\d.]+/g).map(Number);
                const ground = element => {
                  for (let at = element; at; at = at.parentElement) {
                    const color = parse(getComputedStyle(at).backgroundColor);
                    if (color.length < 4 || color[3] > 0) return color;
                  }
                  return [255, 255, 255];
                };
                const light = color => {
                  const [r, g, b] = color.slice(0, 3).map(c => c / 255).map(
                      c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const all = [...document.querySelectorAll(arguments[0])].map(element => {
                  const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
                  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                });
                return Math.min(...all);""", selector);
        return ((Number) least).doubleValue();
    }

    @Test
    @DisplayName("Prints, on paper that is white in the dark scheme, too")
    void print() {
        media("", "dark");
        Map<String, Object> printed = browser.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true));
        media("print", "dark");
        Object ground = browser.executeScript("return getComputedStyle(document.body).backgroundColor");
        boolean dark = (boolean) browser.executeScript("return matchMedia('(prefers-color-scheme: dark)').matches");
        media("", "light");

        assertThat(Base64.getDecoder().decode((String) printed.get("data"))).startsWith('%', 'P', 'D', 'F');
        assertThat(dark).as("the dark scheme, while it prints").isTrue();
        assertThat(ground).isEqualTo("rgb(255, 255, 255)");
    }

    @Test
    @DisplayName("Prints on A4 with nothing that sticks out, and no text below 7 points")
    void printedWidths() {
        media("print", "light");
        for (int width : new int[] {A4, A4 - 2 * A4_MARGIN}) {
            size(width, false);

            assertThat(strings("""
                            return [...document.querySelectorAll('header *, main *')]
                              .filter(part => part.getClientRects().length && !part.parentElement.closest('svg'))
                              .filter(part => {
                                const box = part.closest('.card, .scroll, .goals, section, header');
                                const inner = part.getBoundingClientRect(), outer = box.getBoundingClientRect();
                                return inner.left < outer.left - 1 || inner.right > outer.right + 1;
                              }).map(part => part.outerHTML.slice(0, 100))"""))
                    .as("parts that stick out of theirs on paper %d wide", width)
                    .isEmpty();
            assertThat(number("document.documentElement.scrollWidth"))
                    .as("width of the page on paper %d wide", width)
                    .isLessThanOrEqualTo(width);
            assertThat(strings(SMALL_TEXTS, LEAST_POINTS * PIXELS_PER_POINT))
                    .as("texts below %.0f points on paper %d wide", LEAST_POINTS, width)
                    .isEmpty();
        }
        size(1280, false);
        media("", "light");
    }
}
