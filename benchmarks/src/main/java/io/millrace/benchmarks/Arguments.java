package io.millrace.benchmarks;

import java.util.HashMap;
import java.util.Map;

/**
 * What a program was asked for: {@code name=value} each.
 */
final class Arguments {

	private final Map<String, String> values = new HashMap<>();

	Arguments(String[] args) {
		for (String arg : args) {
			int at = arg.indexOf('=');
			if (at < 0) {
				throw new IllegalArgumentException("'" + arg + "' is not name=value");
			}
			this.values.put(arg.substring(0, at), arg.substring(at + 1));
		}
	}

	String text(String name, String otherwise) {
		return this.values.getOrDefault(name, otherwise);
	}

	int number(String name, int otherwise) {
		String value = this.values.get(name);
		return (value != null) ? Integer.parseInt(value) : otherwise;
	}

}
