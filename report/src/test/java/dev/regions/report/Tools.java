package dev.regions.report;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds the programs that some tests open files with. Where one is missing the test is skipped; in CI it fails. */
final class Tools {
    private Tools() {}

    static Path dot() {
        return find("dot", "install the package graphviz");
    }

    static Path chromium() {
        return find("chromium", "install the packages chromium and chromium-driver");
    }

    static Path chromiumDriver() {
        return find("chromedriver", "install the packages chromium and chromium-driver");
    }

    static Path npm() {
        return find("npm", "install Node.js with npm");
    }

    private static Path find(String program, String advice) {
        Optional<Path> found = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
        missing(found.isEmpty(), "there is no " + program + " on the path: " + advice);
        return found.orElseThrow();
    }

    static void missing(boolean isMissing, String why) {
        if (isMissing && "true".equals(System.getenv("CI"))) {
            fail(why);
        }
        assumeTrue(!isMissing, why);
    }
}
