package dev.regions.examples.index;

/**
 * Something in the tree that is counted and named, but not indexed.
 *
 * @param path where it is in the tree: relative, with slashes
 * @param reason why it is not indexed
 */
record Skipped(String path, Reason reason) {

    /** Why something is not indexed. */
    enum Reason {
        /** It holds a zero byte, or is not UTF-8. */
        BINARY("binary"),
        /** It has more than {@link Reading#MAX_BYTES}. */
        TOO_BIG("too big"),
        /** The operating system refused to open, list or read it. */
        UNREADABLE("unreadable"),
        /** A symbolic link, which is not followed, or a pipe, device or socket. */
        NOT_A_FILE("not a file");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
