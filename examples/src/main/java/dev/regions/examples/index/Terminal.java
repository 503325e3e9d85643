package dev.regions.examples.index;

import java.io.Console;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Tells whether a person is watching. */
final class Terminal {
    private Terminal() {}

    /**
     * Tells whether standard input and output are a terminal.
     *
     * <p>On Java 21 there is a console just then. Since 22 there may be one that is redirected, and
     * {@code isTerminal()}, which is not in the API of 21, tells.
     */
    static boolean isWatched() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) MethodHandles.publicLookup()
                    .findVirtual(Console.class, "isTerminal", MethodType.methodType(boolean.class))
                    .invokeExact(console);
        } catch (NoSuchMethodException java21) {
            return true;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
