package dev.regions.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium without a screen, and what the tests ask of it. */
final class Browser implements AutoCloseable {
    /** Not how fast the page should be, but when to give up; it stands for forever on a machine under load. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Warns that it knows no interface made for just this version; none is used. Kept here, or the level would be lost.
     */
    private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    final ChromeDriver driver;

    Browser() {
        VERSIONS.setLevel(Level.SEVERE);
        Path chromium = Tools.chromium();
        Path driverProgram = Tools.chromiumDriver();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // root, as containers run tests, may not use it
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--force-prefers-reduced-motion", // a click finds its button where it was found
                "--hide-scrollbars",
                "--force-device-scale-factor=1",
                "--window-size=1400,1000");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        // The driver's path is given, so that Selenium does not look for one to download.
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driverProgram.toFile())
                .usingAnyFreePort()
                .build();
        this.driver = new ChromeDriver(service, options);
    }

    @Override
    public void close() {
        driver.quit();
    }

    void open(Path file) {
        driver.get(file.toUri().toString());
    }

    /** Opens a report and waits until it has drawn all it draws at first. */
    void openReport(Path file) {
        open(file);
        await(
                "document.documentElement.dataset.ready === 'true' && document.getElementById('timeline-range').textContent !== ''");
    }

    /** Waits until an expression of JavaScript is true. */
    void await(String expression) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> expression + ", and the console says " + console())
                .until(ignored -> Boolean.TRUE.equals(driver.executeScript("return !!(" + expression + ")")));
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    String text(String css) {
        return find(css).getText();
    }

    void press(CharSequence... keys) {
        for (CharSequence key : keys) {
            new Actions(driver).sendKeys(key).perform();
        }
    }

    void pressWithShift(CharSequence key) {
        new Actions(driver).keyDown(Keys.SHIFT).sendKeys(key).keyUp(Keys.SHIFT).perform();
    }

    /** Waits until two frames were drawn, so that what was asked for before is to be seen. */
    void drawn() {
        driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "requestAnimationFrame(() => requestAnimationFrame(() => done()));");
    }

    /** Sets the size of the page itself, smaller than a window can be. */
    void viewport(int width, int height, boolean mobile) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", mobile ? 2 : 1, "mobile", mobile));
    }

    void window(int width, int height) {
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** Says what the operating system prefers. */
    void prefers(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    /** What the page has asked the network for, or the disk, since this was last asked. */
    List<String> requests() {
        return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> message.contains("\"Network.requestWillBeSent\"")
                        || message.contains("\"Network.webSocketCreated\""))
                .map(message -> message.replaceAll("(?s).*?\"url\":\"(.*?)\".*", "$1"))
                .toList();
    }

    void screenshot(Path file) throws IOException {
        drawn();
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** The whole page, not only what fits into the window. */
    void screenshotOfAll(Path file) throws IOException {
        drawn();
        Map<String, Object> answer = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode((String) answer.get("data")));
    }
}
