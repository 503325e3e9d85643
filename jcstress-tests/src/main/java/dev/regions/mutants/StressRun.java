package dev.regions.mutants;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.regions.stress.OneJvmRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs stress tests in a JVM of their own, with some classes put before those that are to be tested, until one fails.
 *
 * @param javaHome the JDK
 * @param classPath the tests, what they test, and their libraries
 * @param folder where what they print goes
 */
record StressRun(Path javaHome, String classPath, Path folder) {
    /**
     * For how many seconds a run may print nothing: it prints a line for each run of a test. One that is silent longer
     * hangs.
     */
    private static final int SECONDS_OF_SILENCE = 45;

    private static final Pattern FAILED = Pattern.compile("(?m)^" + OneJvmRun.FAILED + "(\\S+): (.*)$");

    /**
     * What jcstress says of a test whose threads did not come back; and of one that stood still with all the machine.
     */
    private static final String TIMED_OUT = "TIMEOUT_ERROR";

    private static final String DOES_NOT_END = "does not end";

    /** How much to try; each test in turn, until one fails. */
    enum Effort {
        SHORT("at once", 1, 300),
        LONGER("in seconds", 12, 800),
        PATIENT("in a minute", 40, 1500);

        /** How soon that shows a failure. */
        final String words;

        private final int times;
        private final int millis;

        Effort(String words, int times, int millis) {
            this.words = words;
            this.times = times;
            this.millis = millis;
        }
    }

    /**
     * A test that failed.
     *
     * @param test its name, without the package
     * @param seen the forbidden outcome, or what else was wrong
     */
    record Failure(String test, String seen) {
        /** A machine that stands still for a while looks alike. */
        private boolean isUnsure() {
            return seen.startsWith(TIMED_OUT) || seen.equals(DOES_NOT_END);
        }
    }

    /**
     * Runs tests.
     *
     * @param first the folder of the classes that come first, if any
     * @return the first that failed, if one did
     * @throws IllegalStateException if the run fails, and not for a test
     */
    Optional<Failure> run(Optional<Path> first, List<String> tests, Effort effort)
            throws IOException, InterruptedException {
        Optional<Failure> failure = runOnce(first, tests, effort);
        return failure.filter(Failure::isUnsure).isPresent() ? runOnce(first, tests, effort) : failure;
    }

    private Optional<Failure> runOnce(Optional<Path> first, List<String> tests, Effort effort)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                javaHome.resolve("bin/java").toString(),
                "-cp",
                first.map(path -> path + File.pathSeparator).orElse("") + classPath,
                "--enable-native-access=ALL-UNNAMED", // for a library of jcstress, which would warn
                "-XX:+UseSerialGC",
                OneJvmRun.class.getName(),
                Integer.toString(effort.times),
                Integer.toString(effort.millis),
                "false"));
        command.addAll(tests);
        Process run = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!ends(run, output)) {
            return Optional.of(new Failure(String.join(" or ", tests), DOES_NOT_END));
        }
        Matcher failed = FAILED.matcher(Files.readString(output));
        if (failed.find()) {
            String test = failed.group(1).replaceFirst("^dev\\.regions\\.(core|queue)\\.", "");
            return Optional.of(new Failure(test, failed.group(2)));
        }
        if (run.exitValue() != 0) {
            throw new IllegalStateException("the stress tests have failed, and not for a test; see " + output);
        }
        return Optional.empty();
    }

    /** Counts seconds one by one: a machine that stands still for a while, and all that runs on it, loses one. */
    private static boolean ends(Process process, Path output) throws IOException, InterruptedException {
        long printed = 0;
        for (int silent = 0; silent < SECONDS_OF_SILENCE; silent++) {
            if (process.waitFor(1, SECONDS)) {
                return true;
            }
            long now = Files.size(output);
            if (now > printed) {
                printed = now;
                silent = 0;
            }
        }
        process.destroyForcibly().waitFor();
        return false;
    }
}
