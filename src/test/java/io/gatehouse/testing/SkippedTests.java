package io.gatehouse.testing;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints a line with the reason for each test that is disabled, or aborted because an assumption does not hold. JUnit
 * registers it (META-INF/services) and {@code .ci/run} collects the lines, so that no test is skipped unnoticed.
 */
public final class SkippedTests implements TestExecutionListener {
    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        report(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            report(
                    test,
                    result.getThrowable()
                            .map(Throwable::getMessage)
                            .map(reason -> reason.replaceFirst("^Assumption failed: ", ""))
                            .orElse("it was aborted without a reason"));
        }
    }

    private static void report(TestIdentifier test, String reason) {
        String name = test.getSource().map(SkippedTests::name).orElseGet(test::getDisplayName);
        System.out.println("NOT CHECKED: " + reason.replaceAll("\\s+", " ").strip() + " (" + name + ")");
    }

    private static String name(TestSource source) {
        if (source instanceof MethodSource method) {
            return simple(method.getClassName()) + "." + method.getMethodName();
        }
        return source instanceof ClassSource type ? simple(type.getClassName()) : source.toString();
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
