package io.millrace.demo.live;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the live view.
 *
 * @param maxSubscribers how many browsers may watch at once; the next one is answered 503
 * @param interval how long changes are collected before they are told, so that a rush of
 * enrolments is a few broadcasts and not thousands
 * @param heartbeat how often an idle connection is written to, which is how a client that
 * went away without a word is noticed
 */
@ConfigurationProperties("enrolment.live")
record LiveProperties(@DefaultValue("500") int maxSubscribers, @DefaultValue("100ms") Duration interval,
		@DefaultValue("15s") Duration heartbeat) {

}
