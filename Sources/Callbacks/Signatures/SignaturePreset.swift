import PlumblineKit

extension CallbackSchemeKind {
    /// A scheme that one rule describes, with a shared secret whose text is the key.
    init(
        id: String, title: LocalizedText, secret: Setting<Secret> = CommonSetting.secret,
        previous: Setting<Secret?> = CommonSetting.previousSecret, atLeast minimum: Int = KeyLength.secret,
        rule: SignatureRule
    ) {
        let tolerance = rule.time == nil ? [] : [CommonSetting.tolerance.field]
        self.init(
            id: id, title: title, settings: [secret.field, previous.field] + tolerance, answersHead: rule.answersHead,
            identify: rule.identify
        ) { settings throws(CallbackSettingError) in
            SignatureScheme(
                rule: rule, keys: try settings.keys(secret, previous, atLeast: minimum),
                window: rule.time == nil ? .unused : settings.window)
        }
    }
}

extension KeySettings {
    /// The window of a scheme that declares `tolerance`.
    var window: TimeWindow { TimeWindow(tolerance: self[CommonSetting.tolerance]) }
}

extension TimeWindow {
    /// For rules without a time.
    static let unused = TimeWindow(tolerance: .zero)
}
