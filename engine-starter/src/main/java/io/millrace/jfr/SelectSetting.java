package io.millrace.jfr;

import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jdk.jfr.SettingControl;

/**
 * Which requests are recorded: those that take a time or longer, and of the quicker ones
 * one in so many, by chance. {@code 20 ms + 1/1000} unless a recording says otherwise;
 * either part alone means nothing of the other, and {@code all} is all. Of several
 * recordings, each gets what any of them wants. One event has this setting, so it is kept
 * for all.
 */
final class SelectSetting extends SettingControl {

	static final String DEFAULT = "20 ms + 1/1000";

	private static final Pattern SAMPLE = Pattern.compile("1/([1-9]\\d{0,8})");

	private static volatile Selection selection = Selection.of(DEFAULT);

	private String value = DEFAULT;

	/**
	 * Whether a request is recorded.
	 * @param elapsedNanos how long it took
	 * @return whether it is slow, or chosen
	 */
	static boolean isSelected(long elapsedNanos) {
		return selection.contains(elapsedNanos);
	}

	@Override
	public String combine(Set<String> values) {
		Set<Selection> all = values.stream().map(Selection::of).collect(Collectors.toSet());
		long slow = all.stream().mapToLong(Selection::slowNanos).min().orElse(Long.MAX_VALUE);
		int sample = all.stream().mapToInt(Selection::oneIn).filter((number) -> number > 0).min().orElse(0);
		return new Selection(slow, sample).text();
	}

	@Override
	public void setValue(String value) {
		selection = Selection.of(value);
		this.value = value;
	}

	@Override
	public String getValue() {
		return this.value;
	}

	/**
	 * What is selected.
	 *
	 * @param slowNanos from when on a request is slow
	 * @param oneIn of how many others one is chosen, 0 for none
	 */
	private record Selection(long slowNanos, int oneIn) {

		static Selection of(String text) {
			long slow = Long.MAX_VALUE;
			int oneIn = 0;
			for (String part : text.split("\\+", -1)) {
				String trimmed = part.trim();
				Matcher sample = SAMPLE.matcher(trimmed);
				if (trimmed.equals("all")) {
					slow = 0;
				}
				else if (sample.matches()) {
					oneIn = Integer.parseInt(sample.group(1));
				}
				else {
					slow = JfrTime.nanos(trimmed);
				}
			}
			return new Selection(slow, oneIn);
		}

		String text() {
			String slow = (this.slowNanos != Long.MAX_VALUE) ? this.slowNanos + " ns" : "";
			String sample = (this.oneIn > 0) ? "1/" + this.oneIn : "";
			return slow + ((slow.isEmpty() || sample.isEmpty()) ? "" : " + ") + sample;
		}

		// By chance: of clients that come in turn it would be the same one each time.
		boolean contains(long elapsedNanos) {
			return elapsedNanos >= this.slowNanos
					|| (this.oneIn > 0 && ThreadLocalRandom.current().nextInt(this.oneIn) == 0);
		}

	}

}
