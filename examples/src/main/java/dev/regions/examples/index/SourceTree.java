package dev.regions.examples.index;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files below a folder, sorted by path.
 *
 * <p>Left out without a word are the folders of version control and of build output: {@value #LEFT_OUT_NAMES}. Symbolic
 * links are named and not followed: what they lead to is in the tree anyway or no part of it, and a link to a folder
 * above cannot send the walk around in circles.
 *
 * @param files the regular files, whatever is in them; the id of each is its index
 * @param skipped what else there was
 */
record SourceTree(List<SourceFile> files, List<Skipped> skipped) {
    static final String LEFT_OUT_NAMES = ".git, .hg, .svn, target, node_modules";

    private static final Set<String> LEFT_OUT = Set.of(LEFT_OUT_NAMES.split(", "));

    /**
     * Walks a folder.
     *
     * @throws CannotIndexException if there is no such folder, it is none, it cannot be read or there is nothing in it
     */
    static SourceTree walk(Path folder) throws CannotIndexException {
        if (!Files.exists(folder)) {
            throw new CannotIndexException("There is no folder " + folder + ".");
        }
        if (!Files.isDirectory(folder)) {
            throw new CannotIndexException(folder + " is a file, not a folder.");
        }
        Visitor visitor;
        try {
            visitor = new Visitor(folder.toRealPath());
            Files.walkFileTree(visitor.root, visitor);
        } catch (IOException e) {
            throw new CannotIndexException("The folder " + folder + " cannot be read.");
        }
        if (visitor.files.isEmpty() && visitor.skipped.isEmpty()) {
            throw new CannotIndexException("There are no files in the folder " + folder + ".");
        }
        return visitor.tree();
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Map<String, Found> files = new TreeMap<>();
        private final List<Skipped> skipped = new ArrayList<>();

        private record Found(Path location, long bytes) {}

        Visitor(Path root) {
            this.root = root;
        }

        SourceTree tree() {
            List<SourceFile> numbered = new ArrayList<>();
            files.forEach((path, found) ->
                    numbered.add(new SourceFile(numbered.size(), path, found.location(), found.bytes())));
            skipped.sort(Comparator.comparing(Skipped::path));
            return new SourceTree(List.copyOf(numbered), List.copyOf(skipped));
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean leftOut = !folder.equals(root)
                    && LEFT_OUT.contains(folder.getFileName().toString());
            return leftOut ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
                files.put(name(file), new Found(file, attributes.size()));
            } else {
                skipped.add(new Skipped(name(file), Skipped.Reason.NOT_A_FILE));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (file.equals(root)) {
                throw failure;
            }
            skipped.add(new Skipped(name(file), Skipped.Reason.UNREADABLE));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
            if (failure != null) {
                skipped.add(new Skipped(name(folder), Skipped.Reason.UNREADABLE));
            }
            return FileVisitResult.CONTINUE;
        }

        private String name(Path file) {
            return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
        }
    }
}
