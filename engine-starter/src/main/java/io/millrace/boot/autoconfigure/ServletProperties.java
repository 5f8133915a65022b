package io.millrace.boot.autoconfigure;

import java.util.List;

import org.springframework.util.unit.DataSize;

/**
 * Limits of forms and sessions in servlet applications.
 */
public class ServletProperties {

	/**
	 * How many parameters query and form may have together; above, the request is
	 * refused. Negative for no limit.
	 */
	private int maxParameterCount = 1000;

	/**
	 * How large a form in a request body may be; above, the request is refused. Negative
	 * for no limit.
	 */
	private DataSize maxFormSize = DataSize.ofMegabytes(2);

	/**
	 * How many parts a multipart body may have; above, the request is refused. Negative
	 * for no limit. Sizes are spring.servlet.multipart.*.
	 */
	private int maxPartCount = 50;

	/**
	 * How large the header of a part may be; above, the request is refused. Negative for
	 * no limit.
	 */
	private DataSize maxPartHeaderSize = DataSize.ofBytes(512);

	/**
	 * How many sessions there may be at once; a request that needs one more is answered
	 * with 503. Negative for no limit.
	 */
	private int maxSessions = 1_000_000;

	/**
	 * Classes that session attributes may be restored of with
	 * server.servlet.session.persistent=true, as com.example.Type, com.example.* or
	 * com.example.**, besides the packages of the application, values of the JDK and what
	 * Spring keeps in sessions.
	 */
	private List<String> storedSessionClasses = List.of();

	public int getMaxParameterCount() {
		return this.maxParameterCount;
	}

	public void setMaxParameterCount(int maxParameterCount) {
		this.maxParameterCount = maxParameterCount;
	}

	public DataSize getMaxFormSize() {
		return this.maxFormSize;
	}

	public void setMaxFormSize(DataSize maxFormSize) {
		this.maxFormSize = maxFormSize;
	}

	public int getMaxPartCount() {
		return this.maxPartCount;
	}

	public void setMaxPartCount(int maxPartCount) {
		this.maxPartCount = maxPartCount;
	}

	public DataSize getMaxPartHeaderSize() {
		return this.maxPartHeaderSize;
	}

	public void setMaxPartHeaderSize(DataSize maxPartHeaderSize) {
		this.maxPartHeaderSize = maxPartHeaderSize;
	}

	public int getMaxSessions() {
		return this.maxSessions;
	}

	public void setMaxSessions(int maxSessions) {
		this.maxSessions = maxSessions;
	}

	public List<String> getStoredSessionClasses() {
		return this.storedSessionClasses;
	}

	public void setStoredSessionClasses(List<String> storedSessionClasses) {
		this.storedSessionClasses = storedSessionClasses;
	}

}
