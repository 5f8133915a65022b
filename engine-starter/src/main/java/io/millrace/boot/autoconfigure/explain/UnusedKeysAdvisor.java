package io.millrace.boot.autoconfigure.explain;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.millrace.boot.autoconfigure.UnusedKey;
import io.millrace.boot.autoconfigure.UnusedKey.Kind;
import io.millrace.boot.autoconfigure.UnusedKeys;

/**
 * Looks for keys that do nothing.
 */
class UnusedKeysAdvisor implements Advisor {

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		advise(new UnusedKeys(situation.environment(), situation.beans()).find(situation.config(),
				situation.reactive()), advice);
	}

	static void advise(List<UnusedKey> keys, Consumer<Advice> advice) {
		advise(keys, Kind.FOREIGN, "keys-foreign", "set for another server, and Millrace serves this application: ",
				"They limit nothing here, and whoever has set them believes that they do", "take them out, or set ours",
				advice);
		advise(keys, Kind.UNKNOWN, "keys-unknown", "there are no such keys: ",
				"They are ignored without a word, and whoever has set them believes in them",
				"take them out, or write ", advice);
		advise(keys, Kind.WITHOUT_EFFECT, "keys-without-effect", "these do nothing because of other settings: ",
				"Whoever has set them believes that they do something", "take them out, or what stands against them",
				advice);
	}

	private static void advise(List<UnusedKey> keys, Kind kind, String id, String found, String why, String remedy,
			Consumer<Advice> advice) {
		List<UnusedKey> ofKind = keys.stream().filter((key) -> key.kind() == kind).toList();
		if (ofKind.isEmpty()) {
			return;
		}
		String names = ofKind.stream().map(UnusedKeysAdvisor::describe).collect(Collectors.joining(", "));
		String instead = ofKind.stream()
			.filter((key) -> key.instead() != null)
			.map((key) -> key.instead() + " instead of " + key.key())
			.collect(Collectors.joining(", "));
		String what = remedy.endsWith(" write ") ? remedy + (instead.isEmpty() ? "them right" : instead)
				: (instead.isEmpty() ? remedy : remedy + ": " + instead);
		advice.accept(Advice.warning(id, found + names, why, what));
	}

	private static String describe(UnusedKey key) {
		return (key.reason() != null) ? key.key() + " (" + key.reason() + ")" : key.key();
	}

}
