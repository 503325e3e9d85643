package dev.regions.examples.index;

/** Says in one sentence, meant for the user, why there is nothing to do: exit code 2, and no stack trace. */
final class CannotIndexException extends Exception {
    private static final long serialVersionUID = 1L;

    CannotIndexException(String sentence) {
        super(sentence);
    }
}
