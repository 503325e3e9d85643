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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
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
    /** How long a run may take, in seconds; one that takes longer does not end. */
    private static final int SECONDS_AT_MOST = 300;

    private static final Pattern FAILED_HERE = Pattern.compile("(?m)^" + OneJvmRun.FAILED + "(\\S+): (.*)$");
    private static final Pattern FAILED_IN_REPORT = Pattern.compile("\\.\\.\\. \\[(?:FAILED|ERROR)] (\\S+)");
    private static final Pattern FORBIDDEN_IN_REPORT =
            Pattern.compile("(?m)^ *(\\S.*?) {2,}[1-9][\\d,]* +[<\\d.]+% +Forbidden ");

    /** How much to try. */
    enum Effort {
        SHORT("at once"),
        LONGER("in seconds"),
        ALL_COMPILERS("in the full run");

        /** How soon that shows a failure. */
        final String words;

        Effort(String words) {
            this.words = words;
        }
    }

    /**
     * What came of a run.
     *
     * @param failed the tests that failed, without their package
     * @param outcome an outcome that is forbidden and was seen, if there was one
     * @param hung whether the run did not come to its end
     */
    record Verdict(List<String> failed, Optional<String> outcome, boolean hung) {
        boolean isClean() {
            return failed.isEmpty() && !hung;
        }
    }

    /**
     * Runs tests until one fails.
     *
     * @param first the folder of the classes that come first, if any
     * @throws IllegalStateException if the run fails, and not for a test
     */
    Verdict run(Optional<Path> first, List<String> tests, Effort effort) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                javaHome.resolve("bin/java").toString(),
                "-cp",
                first.map(path -> path + File.pathSeparator).orElse("") + classPath,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC"));
        command.addAll(
                switch (effort) {
                    case SHORT -> inOneJvm(1, 300, tests);
                    case LONGER -> inOneJvm(10, 1000, tests);
                    case ALL_COMPILERS -> withAllCompilers(tests);
                });
        Process run = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = ends(run);
        Verdict verdict = judge(Files.readString(output), !ended);
        if (verdict.isClean() && run.exitValue() != 0) {
            throw new IllegalStateException("the stress tests have failed, and not for a test; see " + output);
        }
        return verdict;
    }

    private static List<String> inOneJvm(int iterations, int millis, List<String> tests) {
        List<String> command = new ArrayList<>(List.of(
                OneJvmRun.class.getName(), Integer.toString(iterations), Integer.toString(millis), "false"));
        command.addAll(tests);
        return command;
    }

    private List<String> withAllCompilers(List<String> tests) {
        String selection = tests.stream().map(Pattern::quote).collect(Collectors.joining("|", "\\.(", ")(\\.|$)"));
        String report = folder.resolve("report").toString();
        return List.of("org.openjdk.jcstress.Main", "-m", "quick", "-time", "500", "-t", selection, "-r", report);
    }

    /** Counts seconds one by one: a machine that stands still for a while, and all that runs on it, loses one. */
    private static boolean ends(Process process) throws InterruptedException {
        for (int left = SECONDS_AT_MOST; left > 0; left--) {
            if (process.waitFor(1, SECONDS)) {
                return true;
            }
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        return false;
    }

    private static Verdict judge(String output, boolean hung) {
        Matcher here = FAILED_HERE.matcher(output);
        if (here.find()) {
            return new Verdict(List.of(withoutPackage(here.group(1))), Optional.of(here.group(2)), hung);
        }
        String report = output.substring(Math.max(0, output.indexOf("RUN RESULTS:")));
        List<String> failed = FAILED_IN_REPORT
                .matcher(report)
                .results()
                .map(match -> withoutPackage(match.group(1)))
                .distinct()
                .toList();
        Optional<String> outcome = FORBIDDEN_IN_REPORT
                .matcher(report)
                .results()
                .map((MatchResult match) -> match.group(1))
                .findFirst();
        return new Verdict(failed, outcome, hung);
    }

    private static String withoutPackage(String test) {
        return test.replaceFirst("^dev\\.regions\\.(core|queue)\\.", "");
    }
}
