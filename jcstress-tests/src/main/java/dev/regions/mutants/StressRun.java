package dev.regions.mutants;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs stress tests in a JVM of their own, with some classes put before those that are to be tested.
 *
 * @param javaHome the JDK
 * @param classPath the tests, what they test, and their libraries
 * @param folder where what they print goes, and their report
 */
record StressRun(Path javaHome, String classPath, Path folder) {
    /** How long a run may take beyond what its tests need, in seconds. */
    private static final int SECONDS_TO_SPARE = 60;

    private static final int CONFIGURATIONS_OF_COMPILERS = 7;

    private static final Pattern FAILED = Pattern.compile("\\.\\.\\. \\[(?:FAILED|ERROR)] (\\S+)");
    private static final Pattern FORBIDDEN =
            Pattern.compile("(?m)^ *(\\S.*?) {2,}(?:[1-9][\\d,]*) +[<\\d.]+% +Forbidden ");
    private static final Pattern TOTALS = Pattern.compile("Results: (\\d+) planned; (\\d+) passed, (\\d+) failed");

    /** How much to try, from a moment on. */
    enum Effort {
        SHORT("in the short run", 1, 200, false),
        LONGER("in a longer run", 5, 500, false),
        LONG("in a run with all compilers", 3, 500, true);

        final String words;
        private final int iterations;
        private final int millis;
        private final boolean splitCompilation;

        Effort(String words, int iterations, int millis, boolean splitCompilation) {
            this.words = words;
            this.iterations = iterations;
            this.millis = millis;
            this.splitCompilation = splitCompilation;
        }

        int secondsPerTest() {
            return (2 + iterations * millis / 500) * (splitCompilation ? CONFIGURATIONS_OF_COMPILERS : 1);
        }
    }

    /**
     * What came of a run.
     *
     * @param failed the tests that failed, without their package
     * @param outcome an outcome that is forbidden and was seen, if there was one
     * @param hung whether the run did not come to its end
     * @param passed how many tests passed
     */
    record Verdict(List<String> failed, Optional<String> outcome, boolean hung, int passed) {
        boolean isClean() {
            return failed.isEmpty() && !hung;
        }
    }

    /**
     * Runs tests.
     *
     * @param first the folder of the classes that come first, if any
     */
    Verdict run(Optional<Path> first, List<String> tests, Effort effort) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path output = folder.resolve("output.txt");
        String classes = first.map(path -> path + File.pathSeparator).orElse("") + classPath;
        Process jcstress = new ProcessBuilder(
                        javaHome.resolve("bin/java").toString(),
                        "-cp",
                        classes,
                        "--enable-native-access=ALL-UNNAMED",
                        "org.openjdk.jcstress.Main",
                        "-m",
                        "quick",
                        "-f",
                        "1",
                        "-iters",
                        Integer.toString(effort.iterations),
                        "-time",
                        Integer.toString(effort.millis),
                        "-sc",
                        Boolean.toString(effort.splitCompilation),
                        "-jvmArgs",
                        "-XX:+UseSerialGC --enable-native-access=ALL-UNNAMED",
                        "-t",
                        selection(tests),
                        "-r",
                        folder.resolve("report").toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = ends(jcstress, SECONDS_TO_SPARE + effort.secondsPerTest() * testsAtMost(tests));
        return judge(Files.readString(output), ended, ended ? jcstress.exitValue() : 1);
    }

    private static String selection(List<String> tests) {
        return tests.stream().map(Pattern::quote).collect(Collectors.joining("|", "\\.(", ")(\\.|$)"));
    }

    /** A class may have several tests. */
    private static int testsAtMost(List<String> tests) {
        int most = 0;
        for (String test : tests) {
            most += test.contains(".") ? 1 : 6;
        }
        return most;
    }

    /** Counts seconds one by one: a machine that stands still for a while, and all that runs on it, loses one. */
    private static boolean ends(Process process, int seconds) throws InterruptedException {
        for (int left = seconds; left > 0; left--) {
            if (process.waitFor(1, SECONDS)) {
                return true;
            }
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        return false;
    }

    private static Verdict judge(String output, boolean ended, int status) {
        String results = output.substring(Math.max(0, output.indexOf("RUN RESULTS:")));
        List<String> failed = new ArrayList<>();
        FAILED.matcher(results).results().forEach(match -> {
            String test = match.group(1).replaceFirst("^dev\\.regions\\.(core|queue)\\.", "");
            if (!failed.contains(test)) {
                failed.add(test);
            }
        });
        Optional<String> outcome = FORBIDDEN
                .matcher(results)
                .results()
                .map(match -> match.group(1))
                .findFirst();
        List<MatchResult> totals = TOTALS.matcher(output).results().toList();
        int passed = totals.isEmpty()
                ? 0
                : Integer.parseInt(totals.get(totals.size() - 1).group(2));
        if (ended && failed.isEmpty() && (status != 0 || passed == 0)) {
            throw new IllegalStateException("jcstress has failed, and not for a test:\n" + output);
        }
        return new Verdict(failed, outcome, !ended, passed);
    }
}
