package dev.regions.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the one source file that a mutant changes, against the classes of all others. That is enough as long as no
 * mutant changes a constant, or what other classes call.
 */
final class MutantCompiler {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final Path root;
    private final String classPath;

    MutantCompiler(Path root, String classPath) {
        this.root = root;
        this.classPath = classPath;
    }

    /**
     * Writes a mutant's source and classes.
     *
     * @return the folder of its classes
     * @throws Mutant.DoesNotApply if its texts are not in the source, or the result does not compile
     */
    Path compile(Mutant mutant, Path folder) throws IOException {
        Path original = root.resolve(mutant.file());
        Path source = folder.resolve(original.getFileName());
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Files.writeString(source, mutant.applyTo(Files.readString(original)));
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classPath),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new Mutant.DoesNotApply("mutant '" + mutant.name() + "' does not compile:\n" + messages);
            }
        }
        return classes;
    }
}
