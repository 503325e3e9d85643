package dev.regions.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles printed programs, and runs them. */
final class PrintedPrograms implements AutoCloseable {
    private final URLClassLoader loader;

    private PrintedPrograms(URLClassLoader loader) {
        this.loader = loader;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(String className, String code) {
            super(java.net.URI.create("string:///" + className + ".java"), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }

    /**
     * Compiles test classes, on the class path of this test, with warnings as errors.
     *
     * @param sources by class name
     * @param target where the class files go
     */
    static PrintedPrograms compile(Map<String, String> sources, Path target) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(target));
            List<Source> units = sources.entrySet().stream()
                    .map(entry -> new Source(entry.getKey(), entry.getValue()))
                    .toList();
            boolean compiled = compiler.getTask(
                            messages, files, null, List.of("-Xlint:all,-try", "-Werror", "-proc:none"), null, units)
                    .call();
            assertThat(compiled).as("%s", messages).isTrue();
        }
        return new PrintedPrograms(new URLClassLoader(new URL[] {target.toUri().toURL()}));
    }

    /** Runs the test method of a printed class, once, on the calling thread. */
    void run(String className) throws Throwable {
        Class<?> type = loader.loadClass(className);
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        Method method = type.getDeclaredMethod("program");
        method.setAccessible(true);
        try {
            method.invoke(constructor.newInstance());
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
