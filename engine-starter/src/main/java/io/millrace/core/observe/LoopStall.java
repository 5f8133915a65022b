package io.millrace.core.observe;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An event loop that is busy with one thing for too long: all its connections wait.
 *
 * @param loop the name of its thread
 * @param busy for how long it has been busy by now
 * @param over whether it goes on, rather than being busy still
 * @param stack where it is, or where the handler is that was left behind; {@code null}
 * where it goes on by itself, which was told before
 */
public record LoopStall(String loop, Duration busy, boolean over, @Nullable StackSnapshot stack) {

}
