package dev.regions.mutants;

import dev.regions.mutants.StressRun.Effort;
import dev.regions.mutants.StressRun.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What became of a mutant, kept in a file, so that a check that was broken off goes on where it was, and one after a
 * change runs anew what the change concerns.
 *
 * @param failure what caught it, if anything
 * @param effort how much it took, or was tried in vain
 */
record Verdict(Optional<Failure> failure, Effort effort) {
    private static final String FILE = "verdict.txt";

    boolean isCaught() {
        return failure.isPresent();
    }

    /**
     * Returns what a verdict holds for: the changed source file and the tests. The other files of the core are not
     * among it; a clean build forgets all verdicts.
     *
     * @param changed the source of the mutant
     * @param tests the sources of its tests
     */
    static String keyOf(String changed, List<Path> tests) throws IOException {
        MessageDigest digest = sha256();
        digest.update(changed.getBytes());
        for (Path test : tests) {
            digest.update(Files.readAllBytes(test));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }

    /** Keeps this in the folder of the mutant; one that was not caught is not kept, and tried again. */
    void keep(Path folder, String key) {
        try {
            Path file = folder.resolve(FILE);
            if (failure.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Failure what = failure.get();
                Files.write(file, List.of(key, effort.name(), what.test(), what.seen()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what is kept in the folder of a mutant, if it is for this key. */
    static Optional<Verdict> kept(Path folder, String key) throws IOException {
        Path file = folder.resolve(FILE);
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        if (lines.size() < 4 || !lines.get(0).equals(key)) {
            return Optional.empty();
        }
        return Optional.of(
                new Verdict(Optional.of(new Failure(lines.get(2), lines.get(3))), Effort.valueOf(lines.get(1))));
    }
}
