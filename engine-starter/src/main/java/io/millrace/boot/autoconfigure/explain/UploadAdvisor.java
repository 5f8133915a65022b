package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;
import java.util.function.Consumer;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Looks whether the limits of bodies and sessions fit each other.
 */
class UploadAdvisor implements Advisor {

	private static final String MULTIPART = "spring.servlet.multipart.max-request-size";

	private static final String BODY = "millrace.max-request-body-size";

	private static final String SESSION = "server.servlet.session.timeout";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		if (situation.reactive()) {
			return;
		}
		long body = situation.config().http1().maxBodySize();
		long multipart = DataSize.parse(situation.environment().getProperty(MULTIPART, "10MB")).toBytes();
		if (body > 0 && (multipart > body || multipart < 0) && situation.isSet(MULTIPART)) {
			advice.accept(Advice.warning("upload-size",
					MULTIPART + " is " + SettingValues.of(DataSize.ofBytes(multipart)) + ", and " + BODY + " is "
							+ SettingValues.of(DataSize.ofBytes(body)),
					"Uploads between the two get 413 before Spring sees them", BODY + " at least as much"));
		}
		String timeout = situation.environment().getProperty(SESSION);
		if (timeout != null) {
			Duration session = DurationStyle.detectAndParse(timeout, java.time.temporal.ChronoUnit.SECONDS);
			if (session.isZero() || session.isNegative()) {
				advice.accept(Advice.warning("session-timeout", SESSION + " is " + timeout + ": sessions never end",
						"Each client that has one adds to the heap until the process ends; without cookies each request has "
								+ "a new one",
						SESSION + "=30m"));
			}
		}
	}

}
