package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

@DisplayName("The table of docs/conformance.md")
class ConformanceTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([CD]\\d+) \\| .* \\| (.*) \\|$");
    private static final Pattern NAME = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");

    @Test
    @DisplayName("has a row for each behaviour, in order")
    void isComplete() throws IOException {
        List<String> expected = Stream.concat(
                        IntStream.rangeClosed(1, 16).mapToObj(number -> "C" + number),
                        IntStream.rangeClosed(1, 17).mapToObj(number -> "D" + number))
                .toList();

        assertThat(rows()).extracting(row -> row.group(1)).isEqualTo(expected);
    }

    @Test
    @DisplayName("names, for each behaviour, tests that exist and are enabled")
    void testsExist() throws IOException {
        for (MatchResult row : rows()) {
            List<MatchResult> names = NAME.matcher(row.group(2)).results().toList();

            assertThat(names).as(row.group(1)).isNotEmpty().allSatisfy(name -> assertThat(exists(name))
                    .as("%s is a test that runs", name.group())
                    .isTrue());
        }
    }

    @Test
    @DisplayName("could not name a class or a method that does not exist, or a method that is no test")
    void othersAreFound() throws IOException {
        for (String name :
                List.of("`Gone`", "`GoneTest.gone`", "`ConformanceTableTest.gone`", "`ConformanceTableTest.rows`")) {
            MatchResult match = NAME.matcher(name).results().findFirst().orElseThrow();

            assertThat(exists(match)).as(name).isFalse();
        }
    }

    private static List<MatchResult> rows() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/conformance.md"));
        return ROW.matcher(page).results().toList();
    }

    private static boolean exists(MatchResult name) throws IOException {
        if (name.group(2) == null) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve("jcstress-tests/src/main/java/dev/regions/core"))) {
                return sources.anyMatch(path -> path.endsWith(name.group(1) + ".java"));
            }
        }
        for (String prefix : List.of("dev.regions.", "dev.regions.core.graph.", "dev.regions.core.schedule.")) {
            try {
                return isTest(Class.forName(prefix + name.group(1)), name.group(2));
            } catch (ClassNotFoundException elsewhere) {
                // perhaps in another package or module
            }
        }
        return isTestOfQueues(name.group(1), name.group(2));
    }

    private static boolean isTest(Class<?> type, String method) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(declared -> declared.getName().equals(method))
                .anyMatch(declared -> isAnnotated(declared, Testable.class) && !isAnnotated(declared, Disabled.class));
    }

    private static boolean isAnnotated(Method method, Class<? extends Annotation> annotation) {
        return AnnotationSupport.isAnnotated(method, annotation);
    }

    /** The tests of the module queues are not on the class path: their sources are searched. */
    private static boolean isTestOfQueues(String type, String method) throws IOException {
        Path source = ROOT.resolve("queues/src/test/java/dev/regions/queue/" + type + ".java");
        return Files.exists(source)
                && Pattern.compile("@(Test|RepeatedTest|ParameterizedTest)\\b[^{}]*\\bvoid " + method + "\\(")
                        .matcher(Files.readString(source))
                        .find();
    }
}
