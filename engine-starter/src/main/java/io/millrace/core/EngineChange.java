package io.millrace.core;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Something was changed while the engine ran.
 *
 * @param setting the {@linkplain EngineSetting#id() name} of what was changed, or drain
 * @param from what it was before
 * @param to what it is since
 * @param at when it was changed
 * @param by who has changed it, {@code null} where nobody knows
 */
public record EngineChange(String setting, String from, String to, Instant at, @Nullable String by) {

}
