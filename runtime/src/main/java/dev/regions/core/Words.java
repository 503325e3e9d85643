package dev.regions.core;

/** What users' objects say of themselves, even if they fail to. */
final class Words {
    private Words() {}

    /** Returns what an object says of itself; if that throws, what it is, and what was thrown. */
    static String of(Object said) {
        try {
            return said.toString();
        } catch (Throwable unspeakable) {
            return said.getClass().getName() + ", whose toString() throws "
                    + unspeakable.getClass().getName();
        }
    }
}
