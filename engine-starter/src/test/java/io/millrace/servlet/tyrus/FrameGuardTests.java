package io.millrace.servlet.tyrus;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

import jakarta.websocket.CloseReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link FrameGuard}, which has to find the same however its input is cut.
 */
class FrameGuardTests {

	private static final String GOOD = "818101020304aa" + "8080" + "01020304" + "89820102030411ff" + "82fe007e01020304"
			+ "00".repeat(126);

	@Test
	void whatIsAllowedIsAdmittedHoweverItIsCut() {
		byte[] bytes = HexFormat.of().parseHex(GOOD + "82ff000000000001000001020304" + "00".repeat(65536) + GOOD);
		for (int size : new int[] { 1, 2, 3, 7, 100, bytes.length }) {
			assertThat(admit(bytes, size, 70_000)).isEqualTo(bytes.length + " null");
		}
	}

	@ParameterizedTest
	@CsvSource({ "0100, 1002", "8300, 1002", "8f00, 1002", "0980, 1002", "89fe, 1002", "81fe007d, 1002",
			"81ff000000000000ffff, 1002", "81ff8000000000000000, 1002", "82fe03e9, 1009",
			"02ff0000000000010000, 1009" })
	void whatIsNotAllowedIsFoundHoweverItIsCut(String head, int code) {
		byte[] bytes = HexFormat.of().parseHex(GOOD + head + "00".repeat(50));
		for (int size = 1; size <= bytes.length; size++) {
			String found = admit(bytes, size, 1000);
			assertThat(found).endsWith(" " + code);
			int admitted = Integer.parseInt(found.split(" ")[0]);
			// Of the head itself at most what was there before it could be known.
			assertThat(admitted).isBetween(GOOD.length() / 2, GOOD.length() / 2 + head.length() / 2);
		}
		assertThat(admit(bytes, bytes.length, 1000)).isEqualTo(GOOD.length() / 2 + " " + code);
	}

	@Test
	void textAndBinaryHaveLimitsOfTheirOwn() {
		FrameGuard.Limit limit = (text) -> text ? 10 : 20;
		assertThat(violation(limit, "018a01020304" + "00".repeat(10) + "808b")).isEqualTo(1009);
		assertThat(violation(limit, "028b01020304" + "00".repeat(11) + "8094")).isEqualTo(0);
		assertThat(violation(limit, "028b01020304" + "00".repeat(11) + "8095")).isEqualTo(1009);
		assertThat(violation(limit, "89fd")).isEqualTo(0);
	}

	private static int violation(FrameGuard.Limit limit, String hex) {
		FrameGuard guard = new FrameGuard(limit);
		byte[] bytes = HexFormat.of().parseHex(hex);
		guard.admit(bytes, bytes.length);
		CloseReason found = guard.violation();
		return (found != null) ? found.getCloseCode().getCode() : 0;
	}

	private static String admit(byte[] bytes, int size, long limit) {
		FrameGuard guard = new FrameGuard((text) -> limit);
		ByteArrayOutputStream admitted = new ByteArrayOutputStream();
		for (int at = 0; at < bytes.length && guard.violation() == null; at += size) {
			byte[] piece = java.util.Arrays.copyOfRange(bytes, at, Math.min(at + size, bytes.length));
			admitted.write(piece, 0, guard.admit(piece, piece.length));
		}
		CloseReason found = guard.violation();
		return admitted.size() + " " + ((found != null) ? found.getCloseCode().getCode() : "null");
	}

}
