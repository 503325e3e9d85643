package dev.regions.core.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StackGuardTest {
    /** Enough for the compilers to be at work; they take their time. */
    private static final int CALLS = 50_000;

    private static final int ROUNDS = 20;
    /** The default of the flag of that name: the largest frequent method that the JVM inlines, in bytes. */
    private static final int FREQ_INLINE_SIZE = 325;

    private static int steps;

    /** A step of which the second half needs much stack, and is left out where that is not there. */
    private static boolean step() {
        steps++;
        return hasStack();
    }

    private static boolean hasStack() {
        try {
            StackGuard.ensure16K();
            return true;
        } catch (StackOverflowError deep) {
            return false;
        }
    }

    private static boolean hasHalf() {
        try {
            StackGuard.ensure8K();
            return true;
        } catch (StackOverflowError deep) {
            return false;
        }
    }

    private static void compile() {
        int hadRoom = 0;
        for (int i = 0; i < CALLS; i++) {
            hadRoom += step() && hasHalf() ? 1 : 0;
        }
        assertThat(hadRoom).isEqualTo(CALLS);
    }

    @Test
    @DisplayName("A step that finds too little stack for its second half does the first: the check is not inlined")
    void isNotInlined() {
        for (int round = 0; round < ROUNDS; round++) {
            compile();
            List<Boolean> had = new ArrayList<>();
            List<StackOverflowError> cutOff = new ArrayList<>();
            steps = 0;

            descend(had, cutOff);

            assertThat(cutOff).as("thrown at the entry of the step").isEmpty();
            assertThat(had).as("steps with room for their second half").contains(true, false);
            assertThat(steps).isEqualTo(had.size());
        }
    }

    /** Recurses until the stack overflows, and tries the step in each frame that has room for its first half. */
    private static void descend(List<Boolean> had, List<StackOverflowError> cutOff) {
        try {
            descend(had, cutOff);
        } catch (StackOverflowError bottom) {
            // from here on upwards
        }
        if (had.size() < 1000 && hasHalf()) {
            try {
                had.add(step());
            } catch (StackOverflowError entered) {
                cutOff.add(entered);
            }
        }
    }

    @Test
    @DisplayName("The methods that declare the variables are larger than the JVM inlines")
    void isTooLarge() {
        StringWriter out = new StringWriter();
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();

        javap.run(
                new PrintWriter(out),
                new PrintWriter(System.err, true),
                "-c",
                "-p",
                "target/classes/dev/regions/core/util/StackGuard.class");

        assertThat(List.of("half", "whole"))
                .allSatisfy(method ->
                        assertThat(sizeOf(method, out.toString())).as(method).isGreaterThan(FREQ_INLINE_SIZE));
    }

    /** Returns the offset of the last instruction of a method, in the output of javap. */
    private static int sizeOf(String method, String classFile) {
        String code = classFile.substring(classFile.indexOf("void " + method + "();"));
        return Pattern.compile("(?m)^ +([0-9]+): return$")
                .matcher(code)
                .results()
                .mapToInt(last -> Integer.parseInt(last.group(1)))
                .findFirst()
                .orElseThrow();
    }
}
