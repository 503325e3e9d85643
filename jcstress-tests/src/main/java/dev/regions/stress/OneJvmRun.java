package dev.regions.stress;

import dev.regions.core.graph.Patience;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.StateCase;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.SpinLoopStyle;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs stress tests for a moment each, one after another in this JVM.
 *
 * <p>jcstress itself starts a JVM for each test and each way to compile it, and tries out before what the JVM can do.
 * That is as it should be for the full run; where many tests are to be run for a moment, it takes many times as long as
 * the tests. So this calls what jcstress has made of the tests directly, in the way in which its own child process
 * does.
 *
 * <p>Arguments: how often to run all tests, for how many milliseconds each, whether to go on after a failure, and the
 * tests, by class name or by class and nested class; all tests if none are named. Prints a line for each test, and
 * exits with status 1 if one has failed.
 */
public final class OneJvmRun {
    /** What a line begins with that tells of a failure; the test and a colon follow, then what was seen. */
    public static final String FAILED = "FAILED ";

    private static final int MEGABYTES_PER_STRIDE = 64;
    private static final int STRIDE = 256;
    private static final int STRIDES = 40;

    private OneJvmRun() {}

    /** Runs the tests. */
    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        int iterations = Integer.parseInt(args[0]);
        int millis = Integer.parseInt(args[1]);
        boolean goesOn = Boolean.parseBoolean(args[2]);
        List<String> names = Arrays.asList(args).subList(3, args.length);
        List<String> tests = new TreeSet<>(TestList.tests())
                .stream()
                        .filter(test -> names.isEmpty() || names.stream().anyMatch(name -> isNamed(test, name)))
                        .toList();
        boolean failed = false;
        for (int i = 0; i < iterations && (!failed || goesOn); i++) {
            failed |= runEach(tests, millis, goesOn);
        }
        System.out.println(tests.size() + " tests were run");
        System.exit(failed || tests.isEmpty() ? 1 : 0); // a test that failed may have left threads behind
    }

    /** Runs each test once; tells whether one has failed. */
    private static boolean runEach(List<String> tests, int millis, boolean goesOn)
            throws ReflectiveOperationException, IOException {
        boolean failed = false;
        for (String test : tests) {
            Patience.restore();
            Optional<String> failure = run(TestList.getInfo(test), millis);
            System.out.println(failure.map(seen -> FAILED + test + ": " + seen).orElse("ok " + test));
            failed |= failure.isPresent();
            if (failed && !goesOn) {
                break;
            }
        }
        return failed;
    }

    private static boolean isNamed(String test, String name) {
        return test.endsWith("." + name) || test.contains("." + name + ".");
    }

    /** Runs a test; returns what is wrong, if anything. */
    private static Optional<String> run(TestInfo test, int millis) throws ReflectiveOperationException, IOException {
        if (test.threads() > Runtime.getRuntime().availableProcessors()) {
            return Optional.of("it needs " + test.threads() + " processors; have one of its actors start the others");
        }
        Runner<?> runner = (Runner<?>) Class.forName(test.generatedRunner())
                .getConstructor(ForkedTestConfig.class)
                .newInstance(config(test, millis));
        TestResult result = runner.run();
        if (result.status() != Status.NORMAL) {
            String messages = String.join(" ", result.getMessages());
            return Optional.of(
                    result.status() + " " + messages.lines().findFirst().orElse(""));
        }
        return result.getStateKeys().stream()
                .filter(state -> expected(test, state) == Expect.FORBIDDEN)
                .findFirst();
    }

    private static Expect expected(TestInfo test, String state) {
        Collection<StateCase> cases = test.cases();
        return cases.stream()
                .filter(known -> known.matchesExactly(state))
                .findFirst()
                .or(() -> cases.stream().filter(known -> known.matches(state)).findFirst())
                .orElse(test.unmatched())
                .expect();
    }

    /** In the form in which jcstress sends it to its child processes, for it has no other that is public. */
    private static ForkedTestConfig config(TestInfo test, int millis) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(SpinLoopStyle.THREAD_SPIN_WAIT.ordinal());
        out.writeInt(millis);
        out.writeInt(1); // iteration
        out.writeUTF(test.generatedRunner());
        out.writeInt(MEGABYTES_PER_STRIDE);
        out.writeInt(STRIDE);
        out.writeInt(STRIDES);
        out.writeBoolean(false); // not bound to processors
        return new ForkedTestConfig(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }
}
