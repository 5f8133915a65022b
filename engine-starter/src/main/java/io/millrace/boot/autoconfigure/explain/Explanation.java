package io.millrace.boot.autoconfigure.explain;

import java.util.List;

/**
 * What is set, and what had better be otherwise.
 *
 * @param settings all settings, ours first
 * @param advice the advice, what matters most first
 */
public record Explanation(List<Setting> settings, List<Advice> advice) {

}
